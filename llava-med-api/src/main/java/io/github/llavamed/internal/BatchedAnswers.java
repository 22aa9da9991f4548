package io.github.llavamed.internal;

import io.github.llavamed.GenerationReceiver;
import io.github.llavamed.generation.AnswerBatch;
import io.github.llavamed.generation.GenerationResult;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Works through requests and decodes the answers of several in step.
 *
 * <p>A request begins as soon as there is room for its answer, in the order of the list. Serves one
 * list; confined to one thread.
 */
final class BatchedAnswers {
  private final int count;
  private final Beginner beginner;
  private final Results results;
  private final Deque<Begun> begun = new ArrayDeque<>(); // Those that were not handed on.

  /** Begins requests. */
  @FunctionalInterface
  interface Beginner {
    /**
     * Begins a request: answers it, or reads its prompt and adds its answer to the batch.
     *
     * @param index place of the request in its list
     */
    Answer begin(int index, AnswerBatch batch) throws IOException;
  }

  /** The answer to a request that has begun. */
  interface Answer {
    /** Returns whether there is a result. */
    boolean isFinished();

    /** Returns the result, or throws what ended it. */
    GenerationResult result();

    /** Returns an answer that is there. */
    static Answer of(GenerationResult result) {
      return new Answer() {
        @Override
        public boolean isFinished() {
          return true;
        }

        @Override
        public GenerationResult result() {
          return result;
        }
      };
    }
  }

  /**
   * Where results go, and when.
   *
   * @param receiver takes them
   * @param inOrder whether each waits for all before it, so that a failure ends its request and all
   *     behind it, while those before it are finished first, as if each had been alone; otherwise
   *     each is handed on when it is there, and the first failure ends all
   */
  record Results(GenerationReceiver receiver, boolean inOrder) {}

  /** A request's place in the list, and its answer. */
  private record Begun(int index, Answer answer) {}

  /**
   * Prepares a run.
   *
   * @param count number of requests
   */
  BatchedAnswers(int count, Beginner beginner, Results results) {
    this.count = count;
    this.beginner = beginner;
    this.results = results;
  }

  /**
   * Answers all requests. What is on its way when an exception ends the run is cancelled.
   *
   * @param batch empty; stays the caller's
   * @throws IOException if a request fails so, or the receiver throws it
   */
  void run(AnswerBatch batch) throws IOException {
    try {
      answer(batch);
    } catch (IOException | RuntimeException e) {
      try {
        batch.cancel();
      } catch (RuntimeException ofAListener) {
        e.addSuppressed(ofAListener);
      }
      throw e;
    }
  }

  private void answer(AnswerBatch batch) throws IOException {
    int next = 0;
    @Nullable Exception failure = null;
    while (true) {
      while (failure == null && next < count && !batch.isFull()) {
        try {
          begun.add(new Begun(next, beginner.begin(next, batch)));
        } catch (IOException | RuntimeException e) {
          failure = e;
        }
        next++;
        handOn();
      }
      if (batch.isEmpty() || (failure != null && !results.inOrder())) {
        break;
      }
      batch.step();
      handOn();
    }
    if (failure instanceof IOException cause) {
      throw cause;
    }
    if (failure instanceof RuntimeException cause) {
      throw cause;
    }
  }

  private void handOn() throws IOException {
    Iterator<Begun> left = begun.iterator();
    while (left.hasNext()) {
      Begun next = left.next();
      if (next.answer().isFinished()) {
        left.remove();
        results.receiver().accept(next.index(), next.answer().result());
      } else if (results.inOrder()) {
        return;
      }
    }
  }
}
