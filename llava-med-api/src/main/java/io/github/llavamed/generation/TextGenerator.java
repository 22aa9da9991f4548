package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.AnswerText;
import io.github.llavamed.generation.internal.TopTokens;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
   * @param stop what can end an answer
   * @param processors applied in order to the logits of every step
   * @param samplers choose the next token: one per answer, at least one
   * @param logProbs how many tokens per position are told with their log-probabilities; 0 for none
   * @param listener hears of each token of the first answer
   */
  public record Input(
      List<Integer> promptIds,
      List<InputSegment> segments,
      List<ImageFeatures> images,
      StopConditions stop,
      List<LogitsProcessor> processors,
      List<Sampler> samplers,
      int logProbs,
      GenerationListener listener) {
    /** Copies the lists. */
    public Input {
      promptIds = List.copyOf(promptIds);
      segments = List.copyOf(segments);
      images = List.copyOf(images);
      processors = List.copyOf(processors);
      samplers = List.copyOf(samplers);
      if (samplers.isEmpty()) {
        throw new IllegalArgumentException("samplers: expected one per answer, found none");
      }
    }
  }

  /**
   * What came out of one generation.
   *
   * @param sequences one per answer, at least one; fewer than asked for if it was interrupted
   * @param prefill time of the pass over the prompt
   * @param decode time of everything after it
   */
  public record Output(List<GeneratedSequence> sequences, Duration prefill, Duration decode) {
    /** Copies the list. */
    public Output {
      sequences = List.copyOf(sequences);
    }

    /** Returns the first answer, equal to all pieces that the listener got. */
    public String text() {
      return sequences.get(0).text();
    }

    /** Returns the new ids of the first answer. */
    public List<Integer> outputIds() {
      return sequences.get(0).outputIds();
    }

    /** Returns why the first answer ended. */
    public FinishReason finishReason() {
      return sequences.get(0).finishReason();
    }
  }

  /**
   * Appends the prompt to the session and generates answers, one after the other, each until a
   * reason to stop.
   *
   * <p>Of several reasons at the same token the first of these counts: end of sequence, stop
   * string, length, cancellation, time. After a cancellation the text is what the listener got so
   * far. In the end the session holds the prompt and, of a single answer, all ids but the last.
   *
   * @throws NoTokenLeftException if the processors forbid every token
   */
  public Output generate(DecoderSession session, Input input) {
    long start = System.nanoTime();
    StopConditions stop = input.stop();
    if (stop.cancelled().getAsBoolean()) {
      input.listener().onFinish(FinishReason.CANCELLED);
      return output(List.of(emptyAnswer()), start, start);
    }
    float[] first = session.append(input.segments(), input.images()); // [v]
    int promptLength = session.length();
    long prefilled = System.nanoTime();
    boolean several = input.samplers().size() > 1;
    List<GeneratedSequence> answers = new ArrayList<>();
    for (Sampler sampler : input.samplers()) {
      Turn turn =
          new Turn(
              input,
              sampler,
              several ? stop.stopping().fork() : stop.stopping(),
              answers.isEmpty() ? input.listener() : GenerationListener.none(),
              start);
      GeneratedSequence answer = answer(session, several ? first.clone() : first, turn);
      answers.add(answer);
      if (several) {
        session.truncate(promptLength);
      }
      if (answer.finishReason() == FinishReason.CANCELLED
          || answer.finishReason() == FinishReason.TIME_LIMIT) {
        break;
      }
    }
    return output(answers, start, prefilled);
  }

  /** What one of several answers needs; {@code start} is when the generation began. */
  private record Turn(
      Input input,
      Sampler sampler,
      StoppingCriterion criterion,
      GenerationListener listener,
      long start) {}

  /** Overwrites the logits with those of each next position. */
  private GeneratedSequence answer(DecoderSession session, float[] logits, Turn turn) {
    Input input = turn.input();
    TokenHistory history = new TokenHistory(input.promptIds());
    AnswerText text = new AnswerText(tokenizer, input.stop().stopStrings());
    List<TokenLogProbs> logProbs = new ArrayList<>();
    while (true) {
      int id = next(logits, history, turn, logProbs);
      history.add(id);
      FinishReason reason = reasonAfter(id, history, input.stop(), turn.criterion());
      String piece = reason == null ? text.accept(id) : text.acceptLast(id);
      turn.listener().onToken(id, piece);
      if (reason == null) {
        reason = input.stop().interruption(turn.start());
      }
      if (reason != null) {
        turn.listener().onFinish(reason);
        return new GeneratedSequence(text.answer(), ids(history), reason, null, logProbs);
      }
      session.append(List.of(TokenSegment.of(id)), List.of(), logits);
    }
  }

  private static int next(
      float[] logits, TokenHistory history, Turn turn, List<TokenLogProbs> logProbs) {
    Input input = turn.input();
    float[] raw = input.logProbs() > 0 ? logits.clone() : logits; // [v]
    for (LogitsProcessor processor : input.processors()) {
      processor.process(logits, history);
    }
    int id = turn.sampler().next(logits);
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
  private static @Nullable FinishReason reasonAfter(
      int id, TokenHistory history, StopConditions stop, StoppingCriterion criterion) {
    boolean stopString = criterion.accept(id);
    if (stop.endIds().contains(id)) {
      return FinishReason.STOP;
    }
    if (stopString) {
      return FinishReason.STOP_STRING;
    }
    return history.size() >= stop.maxNewTokens() ? FinishReason.LENGTH : null;
  }

  private static GeneratedSequence emptyAnswer() {
    return new GeneratedSequence("", List.of(), FinishReason.CANCELLED, null, List.of());
  }

  static List<Integer> ids(TokenHistory history) {
    List<Integer> ids = new ArrayList<>(history.size());
    for (int i = 0; i < history.size(); i++) {
      ids.add(history.newId(i));
    }
    return ids;
  }

  private static Output output(List<GeneratedSequence> answers, long start, long prefilled) {
    return new Output(
        answers,
        Duration.ofNanos(prefilled - start),
        Duration.ofNanos(System.nanoTime() - prefilled));
  }
}
