package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.AnswerText;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the loop from logits to next token to text on one decoder session.
 *
 * <p>Immutable; safe for concurrent use with different sessions.
 */
public final class TextGenerator {
  private final Tokenizer tokenizer;

  /** Makes a generator whose answers are decoded by a tokenizer. */
  public TextGenerator(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * What one generation needs beside the session.
   *
   * @param promptIds ids of the whole prompt, for processors that look at them
   * @param segments what the session does not hold yet of the prompt, at least one position
   * @param images features that the segments refer to
   * @param maxNewTokens largest number of new tokens, ≥ 1
   * @param stopStrings strings before which the text is cut, none empty
   * @param stopping says when the answer is complete; fresh, asked about every new token
   * @param endIds ids that end the answer
   * @param processors applied in order to the logits of every step
   * @param sampler chooses the next token
   * @param listener hears of each token
   * @param cancelled asked before the prompt is read and after each token
   */
  public record Input(
      List<Integer> promptIds,
      List<InputSegment> segments,
      List<ImageFeatures> images,
      int maxNewTokens,
      List<String> stopStrings,
      StoppingCriterion stopping,
      Set<Integer> endIds,
      List<LogitsProcessor> processors,
      Sampler sampler,
      GenerationListener listener,
      BooleanSupplier cancelled) {}

  /**
   * What came out of one generation.
   *
   * @param text the answer, equal to all pieces that the listener got
   * @param outputIds the new ids; all but the last are in the session's cache
   * @param finishReason why it ended
   * @param prefill time of the pass over the prompt
   * @param decode time of everything after it
   */
  public record Output(
      String text,
      List<Integer> outputIds,
      FinishReason finishReason,
      Duration prefill,
      Duration decode) {
    /** Copies the list. */
    public Output {
      outputIds = List.copyOf(outputIds);
    }
  }

  /**
   * Appends the prompt to the session and generates until a reason to stop.
   *
   * <p>Of several reasons at the same token the first of these counts: end of sequence, stop
   * string, length. After a cancellation the text is what the listener got so far.
   */
  public Output generate(DecoderSession session, Input input) {
    long start = System.nanoTime();
    TokenHistory history = new TokenHistory(input.promptIds());
    AnswerText text = new AnswerText(tokenizer, input.stopStrings());
    if (input.cancelled().getAsBoolean()) {
      return finish(input, history, text, FinishReason.CANCELLED, start, start);
    }
    float[] logits = session.append(input.segments(), input.images()); // [v]
    long prefilled = System.nanoTime();
    while (true) {
      int id = next(logits, history, input);
      history.add(id);
      FinishReason reason = reasonAfter(id, history, input);
      String piece = reason == null ? text.accept(id) : text.acceptLast(id);
      input.listener().onToken(id, piece);
      if (reason == null && input.cancelled().getAsBoolean()) {
        reason = FinishReason.CANCELLED;
      }
      if (reason != null) {
        return finish(input, history, text, reason, start, prefilled);
      }
      logits = session.append(List.of(TokenSegment.of(id)), List.of()); // [v]
    }
  }

  private static int next(float[] logits, TokenHistory history, Input input) {
    for (LogitsProcessor processor : input.processors()) {
      processor.process(logits, history);
    }
    return input.sampler().next(logits);
  }

  /** Returns why the answer ends with this token, or null; the criterion sees every token. */
  private static @Nullable FinishReason reasonAfter(int id, TokenHistory history, Input input) {
    boolean stopString = input.stopping().accept(id);
    if (input.endIds().contains(id)) {
      return FinishReason.STOP;
    }
    if (stopString) {
      return FinishReason.STOP_STRING;
    }
    return history.size() >= input.maxNewTokens() ? FinishReason.LENGTH : null;
  }

  private static Output finish(
      Input input,
      TokenHistory history,
      AnswerText text,
      FinishReason reason,
      long start,
      long prefilled) {
    input.listener().onFinish(reason);
    List<Integer> ids = new ArrayList<>(history.size());
    for (int i = 0; i < history.size(); i++) {
      ids.add(history.newId(i));
    }
    return new Output(
        text.answer(),
        ids,
        reason,
        Duration.ofNanos(prefilled - start),
        Duration.ofNanos(System.nanoTime() - prefilled));
  }
}
