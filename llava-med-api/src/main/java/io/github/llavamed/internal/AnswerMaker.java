package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.GenerationTiming;
import io.github.llavamed.generation.Sampler;
import io.github.llavamed.generation.StoppingCriterion;
import io.github.llavamed.generation.TextGenerator;
import io.github.llavamed.generation.TokenUsage;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generates the answer to a prepared prompt on a cached sequence.
 *
 * <p>Safe for concurrent use with different sequences.
 */
final class AnswerMaker {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerMaker.class);

  private final ModelParts parts;
  private final TextGenerator generator;

  AnswerMaker(ModelParts parts) {
    this.parts = parts;
    this.generator = new TextGenerator(parts.tokenizer());
  }

  /**
   * A prompt with all that its answer needs.
   *
   * @param prompt the prompt
   * @param features of the images that the prompt refers to
   * @param stopStrings of the template
   * @param preprocess time spent on text and images
   * @param encodeImage time spent in the vision tower
   */
  record Prepared(
      Prompt prompt,
      List<ImageFeatures> features,
      List<String> stopStrings,
      Duration preprocess,
      Duration encodeImage) {}

  /** Generates; if an exception ends it, the sequence holds a prefix of what it held before. */
  GenerationResult answer(
      CachedSequence sequence,
      Prepared prepared,
      GenerationRequest request,
      BooleanSupplier cancelled) {
    Prompt prompt = prepared.prompt();
    boolean done = false;
    try {
      int kept = sequence.keepPrefixOf(prompt.segments());
      request.listener().onPrompt(prompt.length(), kept);
      TextGenerator.Output output =
          generator.generate(sequence.session(), input(prepared, kept, request, cancelled));
      sequence.note(prompt.segments(), output.outputIds());
      done = true;
      sayIfContextEnded(output, prompt, request);
      return result(prepared, output);
    } finally {
      if (!done) {
        sequence.rollBack();
      }
    }
  }

  private TextGenerator.Input input(
      Prepared prepared, int kept, GenerationRequest request, BooleanSupplier cancelled) {
    Prompt prompt = prepared.prompt();
    List<String> stops =
        Stream.concat(prepared.stopStrings().stream(), request.config().stopStrings().stream())
            .distinct()
            .toList();
    return new TextGenerator.Input(
        prompt.inputIds(),
        CachedSequence.dropFirst(prompt.segments(), kept),
        prepared.features(),
        Math.min(request.config().maxNewTokens(), parts.room(prompt)),
        stops,
        StoppingCriterion.keywords(
            parts.config().family(), stops, parts.tokenizer(), prompt.inputIds(), parts.quirks()),
        parts.endIds(),
        request.logitsProcessors(),
        Sampler.greedy(),
        request.listener(),
        cancelled);
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

  private GenerationResult result(Prepared prepared, TextGenerator.Output output) {
    Prompt prompt = prepared.prompt();
    return new GenerationResult(
        output.text(),
        prompt,
        output.outputIds(),
        output.finishReason(),
        new TokenUsage(prompt.length(), prompt.imagePositions(), output.outputIds().size()),
        new GenerationTiming(
            prepared.preprocess(), prepared.encodeImage(), output.prefill(), output.decode()),
        parts.description());
  }
}
