package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.inference.CheckedBatch;
import io.github.llavamed.inference.DecoderSession;
import java.nio.FloatBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Several sequences in one storage, which the decoder extends in one run.
 *
 * <p>Confined to one thread at a time.
 */
final class OnnxDecoderBatch extends CheckedBatch {
  private final DecoderContext context;
  private final int granted; // Slots.
  private final int capacity;
  private final BatchPlaces places;
  private final RunClock clock = new RunClock();
  private final float[] embedding; // [c]
  private @Nullable KvStorage storage; // None before the first sequence, and when closed.

  private OnnxDecoderBatch(DecoderContext context, int granted, int capacity) {
    super(granted);
    this.context = context;
    this.granted = granted;
    this.capacity = capacity;
    this.places = new BatchPlaces();
    this.embedding = new float[context.table().hiddenSize()];
  }

  /**
   * Opens a batch of as many slots as memory allows; the caller closes it.
   *
   * @param slots largest number of sequences
   * @param capacity largest number of positions of each
   */
  static OnnxDecoderBatch open(DecoderContext context, int slots, int capacity) {
    int granted = context.batchMemory().promise(requireSlots(slots), capacity);
    return new OnnxDecoderBatch(context, granted, capacity);
  }

  @Override
  protected int sequences() {
    return places.size();
  }

  @Override
  protected void append(DecoderSession session) {
    if (!(session instanceof OnnxDecoderSession own) || !own.isOf(context)) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session of the same backend, found " + session);
    }
    int length = own.length();
    if (length > capacity) {
      throw new IllegalArgumentException(
          "decoder batch: expected a session of at most %d positions, found %d"
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
    KvStorage larger = context.pool().acquireBatch(granted, Math.min(wanted, capacity), capacity);
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
  protected float[][] extend(int[] tokens) {
    if (places.longest() == capacity) {
      throw full(capacity);
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
  protected void follow(int[] parents) {
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
  protected void free() {
    KvStorage current = storage;
    storage = null;
    if (current != null) {
      context.pool().releaseBatch(current);
    }
    context.batchMemory().giveBack(granted, capacity);
  }
}
