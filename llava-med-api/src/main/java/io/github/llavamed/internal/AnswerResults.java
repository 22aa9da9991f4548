package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.ConstraintException;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.GenerationTiming;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.generation.TextGenerator;
import io.github.llavamed.generation.TokenUsage;
import io.github.llavamed.prompt.Prompt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes results of finished answers and says what went wrong with them.
 *
 * <p>Immutable; safe for concurrent use.
 */
final class AnswerResults {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerResults.class);

  private final ModelParts parts;

  AnswerResults(ModelParts parts) {
    this.parts = parts;
  }

  /**
   * Returns the result of a request.
   *
   * @throws ConstraintException if the answer does not keep to the request's constraint
   */
  GenerationResult of(
      AnswerMaker.Prepared prepared, GenerationRequest request, TextGenerator.Output output) {
    Prompt prompt = prepared.prompt();
    sayIfContextEnded(output, prompt, request);
    checkConstraint(output, request.config().constraint());
    int newTokens = output.sequences().stream().mapToInt(s -> s.outputIds().size()).sum();
    return new GenerationResult(
        output.text(),
        prompt,
        output.outputIds(),
        output.finishReason(),
        new TokenUsage(prompt.length(), prompt.imagePositions(), newTokens),
        timing(prepared, output.prefill(), output.decode()),
        parts.description(),
        output.sequences());
  }

  /** Returns the times of a request. */
  static GenerationTiming timing(AnswerMaker.Prepared prepared, Duration prefill, Duration decode) {
    return new GenerationTiming(prepared.preprocess(), prepared.encodeImage(), prefill, decode);
  }

  private void sayIfContextEnded(
      TextGenerator.Output output, Prompt prompt, GenerationRequest request) {
    if (output.finishReason() == FinishReason.LENGTH
        && output.outputIds().size() < request.config().maxNewTokens()) {
      LOG.warn(
          "The answer ended after {} of {} tokens: with the prompt's {} positions the context of {}"
              + " is full",
          output.outputIds().size(),
          request.config().maxNewTokens(),
          prompt.length(),
          parts.config().contextLength());
    }
  }

  /**
   * A tokenizer that changes text where tokens meet could break a constraint kept by each token.
   */
  private static void checkConstraint(
      TextGenerator.Output output, @Nullable OutputConstraint constraint) {
    for (GeneratedSequence answer : output.sequences()) {
      if (constraint != null
          && answer.finishReason() == FinishReason.STOP
          && !constraint.isMatchedBy(answer.text())) {
        throw new ConstraintException(
            "the answer '%s' does not keep to %s: this tokenizer changes text where tokens meet"
                .formatted(answer.text(), constraint));
      }
    }
  }
}
