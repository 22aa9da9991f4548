package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Counts NaN and infinite elements in the bytes of a tensor; of other types than F16, BF16 and F32
 * it counts none. Confined to one thread.
 */
final class NonFiniteCounter {
  private static final int BLOCK = 8192;

  private final short[] shorts = new short[BLOCK];
  private final int[] ints = new int[BLOCK];
  private DType dtype = DType.F32;
  private long nans;
  private long infinities;

  /** Begins to count from 0 in a tensor of some type. */
  void start(DType type) {
    dtype = type;
    nans = 0;
    infinities = 0;
  }

  /** Counts in whole elements; the buffer's position does not move. */
  void add(ByteBuffer bytes) {
    ByteBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (view.hasRemaining()) {
      int count = Math.min(BLOCK, view.remaining() / dtype.byteSize());
      switch (dtype) {
        case F16 -> addShorts(view, count, 0x7c00);
        case BF16 -> addShorts(view, count, 0x7f80);
        case F32 -> addInts(view, count);
        default -> {
          return;
        }
      }
      view.position(view.position() + count * dtype.byteSize());
    }
  }

  long nans() {
    return nans;
  }

  long infinities() {
    return infinities;
  }

  private void addShorts(ByteBuffer view, int count, int infinity) {
    view.asShortBuffer().get(shorts, 0, count);
    int over = 0; // negative once a magnitude reaches infinity
    for (int i = 0; i < count; i++) {
      over |= infinity - 1 - (shorts[i] & 0x7fff);
    }
    if (over >= 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      countMagnitude(shorts[i] & 0x7fff, infinity);
    }
  }

  private void addInts(ByteBuffer view, int count) {
    view.asIntBuffer().get(ints, 0, count);
    for (int i = 0; i < count; i++) {
      countMagnitude(ints[i] & 0x7fff_ffff, 0x7f80_0000);
    }
  }

  private void countMagnitude(int magnitude, int infinity) {
    if (magnitude == infinity) {
      infinities++;
    } else if (magnitude > infinity) {
      nans++;
    }
  }
}
