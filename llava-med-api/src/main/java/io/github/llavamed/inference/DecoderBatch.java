package io.github.llavamed.inference;

import java.util.OptionalLong;

/**
 * Several sequences, each of which a step extends by one token.
 *
 * <p>Sequences are numbered from 0. What a step returns for a sequence is what its session alone
 * would return. Confined to one thread at a time. {@link #close()} is idempotent; every other
 * method then throws {@link IllegalStateException}.
 */
public interface DecoderBatch extends AutoCloseable {
  /**
   * Returns how many sequences there can be at a time, ≥ 1; fewer than were asked for where memory
   * is short.
   */
  int slots();

  /** Returns the number of sequences. */
  int size();

  /**
   * Adds a copy of a session's cache as the last sequence; the session stays as it is.
   *
   * @param session of the same backend, with at least one position
   * @throws IllegalStateException if there is no room for another sequence
   */
  void add(DecoderSession session);

  /**
   * Appends a token to every sequence and returns their logits.
   *
   * @param tokens one for each sequence, at least one
   * @return new arrays // [sequences, v]
   * @throws ContextLengthExceededException if a sequence is full; nothing is appended
   */
  float[][] step(int... tokens);

  /**
   * Makes the next sequences continue these ones; sequences that none continues are forgotten.
   *
   * @param parents for each of the next sequences the one it continues, at most as many as slots;
   *     several may continue the same
   * @throws IndexOutOfBoundsException if there is no such sequence
   */
  void continueFrom(int... parents);

  /**
   * Returns the time in nanoseconds spent in the runtime's calls; nothing where the backend does
   * not measure it.
   */
  default OptionalLong runtimeNanos() {
    return OptionalLong.empty();
  }

  /**
   * Returns a batch whose sequences are forks of the sessions that are added, each extended on its
   * own; the caller closes it.
   *
   * @param slots largest number of sequences, ≥ 1
   */
  static DecoderBatch ofForks(int slots) {
    return new ForkedBatch(slots);
  }

  /** Forgets all sequences and frees their memory. */
  @Override
  void close();
}
