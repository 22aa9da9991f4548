package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.AnswerText;
import io.github.llavamed.generation.internal.TopTokens;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way: takes the logits of each step and says which token goes on.
 *
 * <p>Confined to one thread.
 */
public final class AnswerInProgress {
  private final TextGenerator.Input input;
  private final Sampler sampler;
  private final StoppingCriterion criterion;
  private final GenerationListener listener;
  private final long start;
  private long read; // When the prompt had been read.
  private long finished;
  private final TokenHistory history;
  private final AnswerText text;
  private final List<TokenLogProbs> logProbs = new ArrayList<>();
  private @Nullable FinishReason reason;
  private @Nullable RuntimeException failure;

  /**
   * Starts an answer.
   *
   * @param criterion fresh, asked about every new token
   * @param start {@link System#nanoTime()} from which the time limit counts
   */
  AnswerInProgress(
      Tokenizer tokenizer,
      TextGenerator.Input input,
      Sampler sampler,
      StoppingCriterion criterion,
      GenerationListener listener,
      long start) {
    this.input = input;
    this.sampler = sampler;
    this.criterion = criterion;
    this.listener = listener;
    this.start = start;
    this.read = start;
    this.history = new TokenHistory(input.promptIds());
    this.text = new AnswerText(tokenizer, input.stop().stopStrings());
  }

  /**
   * Takes the logits of the next position and chooses its token.
   *
   * @param logits changed by the processors // [v]
   * @throws NoTokenLeftException if the processors forbid every token
   */
  void accept(float[] logits) {
    if (history.size() == 0) {
      read = System.nanoTime();
    }
    int id = next(logits);
    history.add(id);
    FinishReason end = reasonAfter(id);
    String piece = end == null ? text.accept(id) : text.acceptLast(id);
    listener.onToken(id, piece);
    if (end == null) {
      end = input.stop().interruption(start);
    }
    if (end != null) {
      end(end);
    }
  }

  /** Ends the answer where it is. */
  void end(FinishReason why) {
    if (!isFinished()) {
      reason = why;
      finished = System.nanoTime();
      listener.onFinish(why);
    }
  }

  /** Ends the answer by an exception, which reaches who asks for it. */
  void fail(RuntimeException cause) {
    failure = cause;
  }

  private int next(float[] logits) {
    float[] raw = input.logProbs() > 0 ? logits.clone() : logits; // [v]
    for (LogitsProcessor processor : input.processors()) {
      processor.process(logits, history);
    }
    int id = sampler.next(logits);
    if (logits[id] == Float.NEGATIVE_INFINITY) {
      throw new NoTokenLeftException(
          ("after %d tokens the rules and constraints of the request forbid every token; relax"
                  + " badWords, noRepeatNgramSize, minNewTokens, logitBias or the constraint")
              .formatted(history.size()));
    }
    if (input.logProbs() > 0) {
      logProbs.add(TopTokens.at(raw, id, input.logProbs()));
    }
    return id;
  }

  /** Returns why the answer ends with this token, or null; the criterion sees every token. */
  private @Nullable FinishReason reasonAfter(int id) {
    StopConditions stop = input.stop();
    boolean stopString = criterion.accept(id);
    if (stop.endIds().contains(id)) {
      return FinishReason.STOP;
    }
    if (stopString) {
      return FinishReason.STOP_STRING;
    }
    return history.size() >= stop.maxNewTokens() ? FinishReason.LENGTH : null;
  }

  /** Returns whether no further token is wanted. */
  public boolean isFinished() {
    return reason != null || failure != null;
  }

  /** Returns whether an exception ended it. */
  boolean isFailed() {
    return failure != null;
  }

  /** Returns whether it was ended from outside: cancelled, or its time was over. */
  boolean isInterrupted() {
    return reason == FinishReason.CANCELLED || reason == FinishReason.TIME_LIMIT;
  }

  /** Returns the token chosen last, which the next logits follow. */
  int lastId() {
    return history.newId(history.size() - 1);
  }

  /**
   * Returns the finished answer.
   *
   * @throws RuntimeException what ended it, if that was an exception
   * @throws IllegalStateException if it is not finished
   */
  public GeneratedSequence answer() {
    if (failure != null) {
      throw failure;
    }
    if (reason == null) {
      throw new IllegalStateException("the answer is not finished");
    }
    return new GeneratedSequence(text.answer(), TextGenerator.ids(history), reason, null, logProbs);
  }

  /**
   * Returns the finished answer alone, with the time it took from its prompt on, what other answers
   * took in between included.
   *
   * @throws RuntimeException what ended it, if that was an exception
   * @throws IllegalStateException if it is not finished
   */
  public TextGenerator.Output output() {
    return new TextGenerator.Output(
        List.of(answer()), Duration.ofNanos(read - start), Duration.ofNanos(finished - read));
  }
}
