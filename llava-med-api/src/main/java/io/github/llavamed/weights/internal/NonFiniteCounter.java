package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * Counts NaN and infinite elements in the bytes of a tensor; of other types than F16, BF16 and F32
 * it counts none. Confined to one thread.
 */
final class NonFiniteCounter {
  private static final int BLOCK = 8192;

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
    switch (dtype) {
      case F16 -> addHalves(bytes, 0x7c00);
      case BF16 -> addHalves(bytes, 0x7f80);
      case F32 -> addFloats(bytes);
      default -> {
        // Others are not counted.
      }
    }
  }

  long nans() {
    return nans;
  }

  long infinities() {
    return infinities;
  }

  /** Two elements at a time, of which nearly always all are finite. */
  private void addHalves(ByteBuffer bytes, int infinity) {
    IntBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    while (view.hasRemaining()) {
      int count = next(view);
      if (reaches(ints, count, 0x7fff_7fff, (0x8000 - infinity) * 0x1_0001, 0x8000_8000)) {
        for (int i = 0; i < count; i++) {
          countMagnitude(ints[i] & 0x7fff, infinity);
          countMagnitude((ints[i] >>> 16) & 0x7fff, infinity);
        }
      }
    }
    if (bytes.remaining() % Integer.BYTES != 0) { // an odd number of elements
      ByteBuffer last = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      countMagnitude(last.getShort(bytes.limit() - Short.BYTES) & 0x7fff, infinity);
    }
  }

  private void addFloats(ByteBuffer bytes) {
    IntBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    while (view.hasRemaining()) {
      int count = next(view);
      if (reaches(ints, count, 0x7fff_ffff, 0x0080_0000, 0x8000_0000)) {
        for (int i = 0; i < count; i++) {
          countMagnitude(ints[i] & 0x7fff_ffff, 0x7f80_0000);
        }
      }
    }
  }

  private int next(IntBuffer view) {
    int count = Math.min(BLOCK, view.remaining());
    view.get(ints, 0, count);
    return count;
  }

  /** Returns whether there is a NaN or an infinity among float16 numbers, two in an int. */
  static boolean isAnyHalf(int[] ints, int count) {
    return reaches(ints, count, 0x7fff_7fff, 0x0400_0400, 0x8000_8000);
  }

  /** Returns whether a magnitude is infinity or more, which the sum carries into its sign. */
  private static boolean reaches(int[] ints, int count, int magnitudes, int rest, int signs) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      found |= (ints[i] & magnitudes) + rest;
    }
    return (found & signs) != 0;
  }

  private void countMagnitude(int magnitude, int infinity) {
    if (magnitude == infinity) {
      infinities++;
    } else if (magnitude > infinity) {
      nans++;
    }
  }
}
