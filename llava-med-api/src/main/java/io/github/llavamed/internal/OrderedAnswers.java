package io.github.llavamed.internal;

import io.github.llavamed.GenerationReceiver;
import io.github.llavamed.generation.AnswerBatch;
import io.github.llavamed.generation.GenerationResult;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Works through requests, decodes the answers of several in step, and hands on the results in the
 * order of the requests.
 *
 * <p>A request begins as soon as there is room for its answer. What fails one ends it and all
 * behind it; those before it are finished and handed on first, as if each had been alone. Serves
 * one list; confined to one thread.
 */
final class OrderedAnswers {
  private final int count;
  private final Beginner beginner;
  private final GenerationReceiver receiver;
  private final Deque<Answer> begun = new ArrayDeque<>(); // Those that were not handed on.
  private int handedOn;

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
   * Prepares a run.
   *
   * @param count number of requests
   */
  OrderedAnswers(int count, Beginner beginner, GenerationReceiver receiver) {
    this.count = count;
    this.beginner = beginner;
    this.receiver = receiver;
  }

  /**
   * Answers all requests.
   *
   * @param batch empty; stays the caller's
   * @throws IOException if a request fails so, or the receiver throws it
   */
  void run(AnswerBatch batch) throws IOException {
    int next = 0;
    @Nullable Exception failure = null;
    while (true) {
      while (failure == null && next < count && !batch.isFull()) {
        try {
          begun.add(beginner.begin(next++, batch));
        } catch (IOException | RuntimeException e) {
          failure = e; // The ones before it are answered first.
        }
        handOn();
      }
      if (batch.isEmpty()) {
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
    while (!begun.isEmpty() && begun.element().isFinished()) {
      GenerationResult result = begun.remove().result();
      receiver.accept(handedOn++, result);
    }
  }
}
