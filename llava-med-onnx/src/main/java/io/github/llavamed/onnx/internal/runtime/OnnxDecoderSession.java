package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One sequence: its cache, which grows as it is filled.
 *
 * <p>Confined to one thread at a time.
 */
final class OnnxDecoderSession implements DecoderSession {
  private final DecoderContext context;
  private final ChunkedPrefill prefill;
  private final int capacity;
  private @Nullable KvStorage storage; // None before the first position, and when closed.
  private int length;
  private boolean closed;

  OnnxDecoderSession(DecoderContext context, int capacity) {
    this.context = context;
    this.prefill = new ChunkedPrefill(context);
    this.capacity = capacity;
  }

  @Override
  public int length() {
    requireOpen();
    return length;
  }

  @Override
  public int capacity() {
    requireOpen();
    return capacity;
  }

  @Override
  public float[] append(List<InputSegment> segments, List<ImageFeatures> images) {
    float[] logits = new float[context.runners().shape().vocabSize()]; // [v]
    append(segments, images, logits);
    return logits;
  }

  @Override
  public void append(List<InputSegment> segments, List<ImageFeatures> images, float[] logits) {
    requireOpen();
    context
        .guard()
        .whileOpen(
            () -> {
              PromptRows rows = PromptRows.of(segments, images, context.table());
              if (rows.length() > capacity - length) {
                throw new ContextLengthExceededException(
                    "prompt of %d positions after %d filled ones: the session holds %d; shorten it"
                            .formatted(rows.length(), length, capacity)
                        + " or open a session of larger capacity");
              }
              KvStorage cache = room(length + rows.length());
              prefill.append(cache, length, rows);
              cache.tensors(1).readLogits(0, logits);
              length += rows.length(); // Only now: a failed run leaves the session as it was.
              return true;
            });
  }

  private KvStorage room(int needed) {
    KvStorage current = storage;
    if (current != null && current.positions() >= needed) {
      return current;
    }
    // Doubling keeps the copying linear in the length of the sequence.
    int wanted = current == null ? needed : Math.max(needed, 2 * current.positions());
    KvStorage larger = context.pool().acquire(Math.min(wanted, capacity), capacity);
    if (current != null) {
      larger.copy(0, current, 0, length);
      context.pool().release(current);
    }
    storage = larger;
    return larger;
  }

  @Override
  public void truncate(int newLength) {
    requireOpen();
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "truncate: expected 0 to %d, found %d".formatted(length, newLength));
    }
    length = newLength;
  }

  @Override
  public DecoderSession fork() {
    requireOpen();
    return context
        .guard()
        .whileOpen(
            () -> {
              OnnxDecoderSession copy = new OnnxDecoderSession(context, capacity);
              KvStorage current = storage;
              if (current != null && length > 0) {
                KvStorage room = copy.room(length);
                room.copy(0, current, 0, length);
                copy.length = length;
              }
              return copy;
            });
  }

  @Override
  public int batchSlots() {
    return context.batchSlots();
  }

  @Override
  public DecoderBatch openBatch(int slots, int batchCapacity) {
    requireOpen();
    if (batchCapacity < 1 || batchCapacity > capacity) {
      throw new IllegalArgumentException(
          "capacity: expected 1 to %d, found %d".formatted(capacity, batchCapacity));
    }
    return context.batchSlots() == 1
        ? DecoderBatch.ofForks(slots)
        : context.guard().whileOpen(() -> OnnxDecoderBatch.open(context, slots, batchCapacity));
  }

  /** Returns whether this is a session of a backend. */
  boolean isOf(DecoderContext backend) {
    return context == backend;
  }

  /** Copies all positions into a slot of a storage that has room for them. */
  void copyTo(KvStorage target, int slot) {
    KvStorage current = storage;
    if (current != null) {
      target.copy(slot, current, 0, length);
    }
  }

  @Override
  public OptionalLong runtimeNanos() {
    return OptionalLong.of(prefill.runtimeNanos());
  }

  @Override
  public void close() {
    closed = true;
    KvStorage current = storage;
    storage = null;
    if (current != null) {
      context.pool().release(current);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("decoder session is closed");
    }
  }
}
