package io.github.llavamed.inference;

import java.util.Objects;

/**
 * Checks what is asked of a batch, so that the batches of backends are left with the work.
 *
 * <p>Confined to one thread at a time.
 */
public abstract class CheckedBatch implements DecoderBatch {
  private final int slots;
  private boolean closed;

  /**
   * Makes an open batch.
   *
   * @throws IllegalArgumentException if there are fewer slots than 1
   */
  protected CheckedBatch(int slots) {
    this.slots = requireSlots(slots);
  }

  /**
   * Returns a number of slots that a batch may have.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public static int requireSlots(int slots) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots: expected at least 1, found " + slots);
    }
    return slots;
  }

  /** Returns the number of sequences. */
  protected abstract int sequences();

  /** Adds a copy of a session of at least one position; there is room for it. */
  protected abstract void append(DecoderSession session);

  /** Appends a token to every sequence, of which there is at least one. // [sequences, v] */
  protected abstract float[][] extend(int[] tokens);

  /** Continues sequences that exist, no more than there are slots. */
  protected abstract void follow(int[] parents);

  /** Frees all memory; called once. */
  protected abstract void free();

  @Override
  public final int slots() {
    requireOpen();
    return slots;
  }

  @Override
  public final int size() {
    requireOpen();
    return sequences();
  }

  @Override
  public final void add(DecoderSession session) {
    requireOpen();
    if (sequences() == slots) {
      throw new IllegalStateException(
          "decoder batch: all %d slots are taken; give one up first".formatted(slots));
    }
    if (session.length() == 0) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session with at least one position, found an empty one");
    }
    append(session);
  }

  @Override
  public final float[][] step(int... tokens) {
    requireOpen();
    if (tokens.length == 0 || tokens.length != sequences()) {
      throw new IllegalArgumentException(
          "decoder batch: expected one token for each of %d sequences, at least one, found %d"
              .formatted(sequences(), tokens.length));
    }
    return extend(tokens);
  }

  @Override
  public final void continueFrom(int... parents) {
    requireOpen();
    if (parents.length > slots) {
      throw new IllegalArgumentException(
          "decoder batch: expected at most %d sequences, found %d"
              .formatted(slots, parents.length));
    }
    for (int parent : parents) {
      Objects.checkIndex(parent, sequences());
    }
    follow(parents);
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      free();
    }
  }

  /** Returns the failure of a sequence that has as many positions as it may have. */
  protected static ContextLengthExceededException full(int capacity) {
    return new ContextLengthExceededException(
        "decoder batch: a sequence has filled its %d positions; open one of larger capacity"
            .formatted(capacity));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("decoder batch is closed");
    }
  }
}
