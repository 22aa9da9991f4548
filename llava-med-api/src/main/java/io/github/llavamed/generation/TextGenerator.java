package io.github.llavamed.generation;

import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the loop from logits to next token to text.
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
   * Appends the prompt to the session and generates answers, each until a reason to stop.
   *
   * <p>Several answers are decoded in step where {@link DecoderSession#batchSlots} says that it
   * pays, otherwise one after the other. Of several reasons at the same token the first of these
   * counts: end of sequence, stop string, length, cancellation, time. After a cancellation the text
   * is what the listener got so far; answers that were on their way end with the token they had,
   * and those that had not begun are left out. In the end the session holds the prompt and, of a
   * single answer, all ids but the last.
   *
   * @throws NoTokenLeftException if the processors forbid every token
   */
  public Output generate(DecoderSession session, Input input) {
    long start = System.nanoTime();
    if (input.stop().cancelled().getAsBoolean()) {
      input.listener().onFinish(FinishReason.CANCELLED);
      return output(List.of(emptyAnswer()), start, start);
    }
    float[] first = session.append(input.segments(), input.images()); // [v]
    long prefilled = System.nanoTime();
    List<AnswerInProgress> answers = new ArrayList<>();
    if (input.samplers().size() == 1) {
      StoppingCriterion criterion = input.stop().stopping();
      answers.add(answer(input, 0, criterion, start));
      complete(session, answers.get(0), first);
    } else if (session.batchSlots() > 1) {
      inStep(session, input, first, start, answers);
    } else {
      oneByOne(session, input, first, start, answers);
    }
    return output(answers.stream().map(AnswerInProgress::answer).toList(), start, prefilled);
  }

  /**
   * Appends the prompt to the session and chooses the first token of one answer, which an {@link
   * AnswerBatch} may go on with. The session stays the caller's.
   *
   * @param input with one sampler
   * @throws NoTokenLeftException if the processors forbid every token
   */
  public AnswerInProgress begin(DecoderSession session, Input input) {
    AnswerInProgress answer = answer(input, 0, input.stop().stopping(), System.nanoTime());
    if (input.stop().cancelled().getAsBoolean()) {
      answer.end(FinishReason.CANCELLED);
    } else {
      answer.accept(session.append(input.segments(), input.images()));
    }
    return answer;
  }

  private AnswerInProgress answer(
      Input input, int number, StoppingCriterion criterion, long start) {
    return new AnswerInProgress(
        tokenizer,
        input,
        input.samplers().get(number),
        criterion,
        number == 0 ? input.listener() : GenerationListener.none(),
        start);
  }

  /** Overwrites the logits with those of each next position. */
  private static void complete(DecoderSession session, AnswerInProgress answer, float[] logits) {
    answer.accept(logits);
    while (!answer.isFinished()) {
      session.append(List.of(TokenSegment.of(answer.lastId())), List.of(), logits);
      answer.accept(logits);
    }
  }

  /** Adds the answers, fewer after an interruption. */
  private void oneByOne(
      DecoderSession session,
      Input input,
      float[] first,
      long start,
      List<AnswerInProgress> answers) {
    int promptLength = session.length();
    boolean interrupted = false;
    for (int i = 0; i < input.samplers().size() && !interrupted; i++) {
      AnswerInProgress answer = answer(input, i, input.stop().stopping().fork(), start);
      answers.add(answer);
      complete(session, answer, first.clone());
      session.truncate(promptLength);
      interrupted = answer.isInterrupted();
    }
  }

  /** Adds the answers, fewer after an interruption; the session stays as it is. */
  private void inStep(
      DecoderSession session,
      Input input,
      float[] first,
      long start,
      List<AnswerInProgress> answers) {
    int count = input.samplers().size();
    try (AnswerBatch batch =
        new AnswerBatch(
            session.openBatch(
                Math.min(count, session.batchSlots()),
                capacity(session, input.stop().maxNewTokens())))) {
      while (true) {
        while (!batch.isFull() && answers.size() < count && !endIfInterrupted(answers)) {
          AnswerInProgress answer =
              answer(input, answers.size(), input.stop().stopping().fork(), start);
          answers.add(answer);
          answer.accept(first.clone());
          batch.add(session, answer);
        }
        if (endIfInterrupted(answers) || batch.isEmpty()) {
          return;
        }
        batch.step();
        answers.stream().filter(AnswerInProgress::isFailed).forEach(AnswerInProgress::answer);
      }
    }
  }

  /** What interrupts one answer interrupts all of them. */
  private static boolean endIfInterrupted(List<AnswerInProgress> answers) {
    for (AnswerInProgress answer : answers) {
      if (answer.isInterrupted()) {
        FinishReason reason = answer.answer().finishReason();
        answers.forEach(other -> other.end(reason));
        return true;
      }
    }
    return false;
  }

  /** Returns how many positions an answer to what the session holds may reach. */
  static int capacity(DecoderSession session, int maxNewTokens) {
    return (int) Math.min(session.capacity(), (long) session.length() + maxNewTokens);
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
