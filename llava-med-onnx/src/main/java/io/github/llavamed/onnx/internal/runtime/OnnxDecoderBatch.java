package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import java.nio.FloatBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Several sequences in one storage, which the decoder extends in one run.
 *
 * <p>Confined to one thread at a time.
 */
final class OnnxDecoderBatch implements DecoderBatch {
  private final DecoderContext context;
  private final int slots;
  private final int capacity;
  private final BatchPlaces places;
  private final RunClock clock = new RunClock();
  private final float[] embedding; // [c]
  private @Nullable KvStorage storage; // None before the first sequence, and when closed.
  private boolean closed;

  private OnnxDecoderBatch(DecoderContext context, int slots, int capacity) {
    this.context = context;
    this.slots = slots;
    this.capacity = capacity;
    this.places = new BatchPlaces(slots);
    this.embedding = new float[context.table().hiddenSize()];
  }

  /**
   * Opens a batch of as many slots as memory allows; the caller closes it.
   *
   * @param slots largest number of sequences
   * @param capacity largest number of positions of each
   */
  static OnnxDecoderBatch open(DecoderContext context, int slots, int capacity) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots: expected at least 1, found " + slots);
    }
    int granted = context.batchMemory().promise(slots, capacity);
    return new OnnxDecoderBatch(context, granted, capacity);
  }

  @Override
  public int slots() {
    requireOpen();
    return slots;
  }

  @Override
  public int size() {
    requireOpen();
    return places.size();
  }

  @Override
  public void add(DecoderSession session) {
    requireOpen();
    if (places.size() == slots) {
      throw new IllegalStateException(
          "decoder batch: all %d slots are taken; give one up first".formatted(slots));
    }
    if (!(session instanceof OnnxDecoderSession own) || !own.isOf(context)) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session of the same backend, found " + session);
    }
    int length = own.length();
    if (length == 0 || length > capacity) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session of 1 to %d positions, found %d"
              .formatted(capacity, length));
    }
    context
        .guard()
        .whileOpen(
            () -> {
              own.copyTo(room(Math.min(capacity, length + 1)), places.size());
              places.add(length);
              return true;
            });
  }

  private KvStorage room(int needed) {
    KvStorage current = storage;
    if (current != null && current.positions() >= needed) {
      return current;
    }
    // Doubling keeps the copying linear in the length of the sequences.
    int wanted = current == null ? needed : Math.max(needed, 2 * current.positions());
    KvStorage larger = context.pool().acquireBatch(slots, Math.min(wanted, capacity), capacity);
    if (current != null) {
      for (int slot = 0; slot < places.size(); slot++) {
        larger.copy(slot, current, slot, places.length(slot));
      }
      context.pool().releaseBatch(current);
    }
    storage = larger;
    return larger;
  }

  @Override
  public float[][] step(int... tokens) {
    requireOpen();
    if (tokens.length == 0 || tokens.length != places.size()) {
      throw new IllegalArgumentException(
          "decoder batch: expected one token for each of %d sequences, at least one, found %d"
              .formatted(places.size(), tokens.length));
    }
    if (places.longest() == capacity) {
      throw new ContextLengthExceededException(
          "decoder batch: a sequence has filled its %d positions; open one of larger capacity"
              .formatted(capacity));
    }
    return context
        .guard()
        .whileOpen(
            () -> {
              int[] lengths = new int[tokens.length]; // By slot.
              for (int slot = 0; slot < lengths.length; slot++) {
                lengths[slot] = places.length(slot);
              }
              KvStorage room = room(places.longest() + 1);
              StepTensors tensors = room.tensors(tokens.length);
              fill(tokens, tensors.rows());
              context.runners().step(room, lengths, clock);
              places.grow(); // Only now: a failed run leaves the sequences as they were.
              float[][] logits = new float[tokens.length][context.runners().shape().vocabSize()];
              for (int i = 0; i < logits.length; i++) {
                tensors.readLogits(places.slotOf(i), logits[i]);
              }
              return logits; // [n, v]
            });
  }

  private void fill(int[] tokens, FloatBuffer rows) {
    for (int id : tokens) {
      context.table().requireId(id);
    }
    for (int i = 0; i < tokens.length; i++) {
      context.table().readRow(tokens[i], embedding);
      rows.put(places.slotOf(i) * embedding.length, embedding);
    }
  }

  @Override
  public void continueFrom(int... parents) {
    requireOpen();
    context
        .guard()
        .whileOpen(
            () -> {
              KvStorage current = storage;
              places.continueFrom(
                  parents,
                  (to, from, count) -> {
                    if (current != null) {
                      current.copy(to, current, from, count);
                    }
                  });
              return true;
            });
  }

  @Override
  public OptionalLong runtimeNanos() {
    return OptionalLong.of(clock.nanos());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    KvStorage current = storage;
    storage = null;
    if (current != null) {
      context.pool().releaseBatch(current);
    }
    context.batchMemory().giveBack(slots, capacity);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("decoder batch is closed");
    }
  }
}
