package io.github.llavamed.generation;

import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers that are decoded in step: one run of the decoder gives each of them its next token.
 *
 * <p>Each is what it would be alone. Confined to one thread; owns its batch.
 */
public final class AnswerBatch implements AutoCloseable {
  private final DecoderBatch batch;
  private final List<AnswerInProgress> answers = new ArrayList<>(); // In the order of the batch.

  /** Takes over a batch that is empty. */
  public AnswerBatch(DecoderBatch batch) {
    this.batch = batch;
  }

  /** Returns how many answers there can be at a time, ≥ 1. */
  public int slots() {
    return batch.slots();
  }

  /** Returns whether there is no room for another answer. */
  public boolean isFull() {
    return answers.size() == batch.slots();
  }

  /** Returns whether no answer is on its way. */
  public boolean isEmpty() {
    return answers.isEmpty();
  }

  /**
   * Adds an answer, unless it is finished already.
   *
   * @param session what the answer follows, its last token left out; copied
   */
  public void add(DecoderSession session, AnswerInProgress answer) {
    if (!answer.isFinished()) {
      batch.add(session);
      answers.add(answer);
    }
  }

  /**
   * Gives each answer its next token; answers that finish, be it by an exception, leave.
   *
   * @throws IllegalStateException if there is no answer, or the backend is closed
   */
  public void step() {
    int[] tokens = answers.stream().mapToInt(AnswerInProgress::lastId).toArray(); // [answers]
    float[][] logits = batch.step(tokens); // [answers, v]
    for (int i = 0; i < tokens.length; i++) {
      AnswerInProgress answer = answers.get(i);
      try {
        answer.accept(logits[i]);
      } catch (RuntimeException e) {
        answer.fail(e);
      }
    }
    removeFinished();
  }

  /** Lets go of answers that were finished from outside. */
  public void removeFinished() {
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).isFinished()) {
        open.add(i);
      }
    }
    if (open.size() < answers.size()) {
      batch.continueFrom(open.stream().mapToInt(Integer::intValue).toArray());
      answers.removeIf(AnswerInProgress::isFinished);
    }
  }

  /** Ends all answers where they are. */
  public void cancel() {
    answers.forEach(answer -> answer.end(FinishReason.CANCELLED));
  }

  @Override
  public void close() {
    batch.close();
  }
}
