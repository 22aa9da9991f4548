package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.internal.FloatFormats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Adds and subtracts float16 numbers in loops that the compiler turns into vector instructions.
 *
 * <p>Moved up by 13 bits, sign kept apart, a half becomes a float of 2^-112 of its value: the
 * exponent's bias is the only difference left, and subnormal halves become subnormal floats. Sums
 * of such floats are rounded as sums of the halves would be in float32, and rounding off the 13
 * bits gives the half, subnormal or not. What the scaling cannot hold, NaN and infinity in a sum's
 * operands or its result, is found in a pass over the bits and computed one by one.
 *
 * <p>Two halves share an int, low half first. Java 17 vectorises neither conversions of short
 * numbers nor bit reinterpretation; so the low and the high halves of a block are computed apart,
 * and ints become floats by way of memory. Confined to one thread at a time.
 */
final class HalfSums {
  /** Ints per block: all arrays together fit into the cache nearest to a core. */
  private static final int BLOCK = 512;

  private static final int SIGN = 0x8000_0000;

  private final int[] first = new int[BLOCK];
  private final int[] second = new int[BLOCK];
  private final int[] result = new int[BLOCK];
  private final int[] low = new int[BLOCK];
  private final int[] high = new int[BLOCK];
  private final float[] firstLow = new float[BLOCK];
  private final float[] firstHigh = new float[BLOCK];
  private final float[] secondLow = new float[BLOCK];
  private final float[] secondHigh = new float[BLOCK];
  private final ByteBuffer bits =
      ByteBuffer.allocateDirect(BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final IntBuffer asInts = bits.asIntBuffer();
  private final FloatBuffer asFloats = bits.asFloatBuffer();

  /** Not a constant to the compiler, so that it is added when asked for. */
  private final float smallest = Float.intBitsToFloat(1);

  /**
   * Appends {@code a ± b} to a buffer, each sum rounded to nearest, ties to even.
   *
   * @param a little-endian halves from the start of a buffer, with room for an even number
   * @param b the others, likewise
   * @param count of sums
   * @param target little-endian, with room for an even number
   */
  void combine(ByteBuffer a, ByteBuffer b, boolean subtract, int count, ByteBuffer target) {
    IntBuffer left = a.clear().asIntBuffer();
    IntBuffer right = b.clear().asIntBuffer();
    IntBuffer sums = target.asIntBuffer();
    boolean exact = keepsSubnormals();
    int words = (count + 1) / 2;
    for (int done = 0; done < words; ) {
      int n = Math.min(BLOCK, words - done);
      left.get(first, 0, n);
      right.get(second, 0, n);
      if (!exact || !combineFinite(subtract, n)) {
        combineAny(subtract, n);
      }
      sums.put(result, 0, n);
      done += n;
    }
    target.position(target.position() + count * Short.BYTES);
  }

  /** A native library may have told the processor to take subnormal floats for zero. */
  private boolean keepsSubnormals() {
    return smallest + smallest > smallest;
  }

  /** Returns false, the results being void, if an operand or a result is not finite. */
  private boolean combineFinite(boolean subtract, int n) {
    if (NonFiniteCounter.isAnyHalf(first, n) || NonFiniteCounter.isAnyHalf(second, n)) {
      return false;
    }
    widen(first, firstLow, firstHigh, n);
    widen(second, secondLow, secondHigh, n);
    if (subtract) {
      subtract(firstLow, secondLow, n);
      subtract(firstHigh, secondHigh, n);
    } else {
      add(firstLow, secondLow, n);
      add(firstHigh, secondHigh, n);
    }
    asFloats.clear().put(firstLow, 0, n);
    asInts.clear().get(low, 0, n);
    asFloats.clear().put(firstHigh, 0, n);
    asInts.clear().get(high, 0, n);
    round(low, high, result, n);
    return !NonFiniteCounter.isAnyHalf(result, n);
  }

  private void widen(int[] words, float[] lowHalves, float[] highHalves, int n) {
    split(words, low, high, n);
    asInts.clear().put(low, 0, n);
    asFloats.clear().get(lowHalves, 0, n);
    asInts.clear().put(high, 0, n);
    asFloats.clear().get(highHalves, 0, n);
  }

  private static void split(int[] words, int[] low, int[] high, int n) {
    for (int i = 0; i < n; i++) {
      int word = words[i];
      low[i] = ((word << 16) & SIGN) | ((word & 0x7fff) << 13);
      high[i] = (word & SIGN) | ((word >>> 3) & 0x0fff_e000);
    }
  }

  private static void add(float[] target, float[] other, int n) {
    for (int i = 0; i < n; i++) {
      target[i] += other[i];
    }
  }

  private static void subtract(float[] target, float[] other, int n) {
    for (int i = 0; i < n; i++) {
      target[i] -= other[i];
    }
  }

  /** Rounds to nearest, ties to even; a carry goes into the exponent, as it should. */
  private static void round(int[] low, int[] high, int[] words, int n) {
    for (int i = 0; i < n; i++) {
      int l = low[i];
      int h = high[i];
      int lowMagnitude = l & ~SIGN;
      int highMagnitude = h & ~SIGN;
      int lowRounded = (lowMagnitude + 0xfff + ((lowMagnitude >>> 13) & 1)) >>> 13;
      int highRounded = (highMagnitude + 0xfff + ((highMagnitude >>> 13) & 1)) >>> 13;
      words[i] = lowRounded | ((l >>> 16) & 0x8000) | (highRounded << 16) | (h & SIGN);
    }
  }

  private void combineAny(boolean subtract, int n) {
    for (int i = 0; i < n; i++) {
      int lowSum = combineOne((short) first[i], (short) second[i], subtract);
      int highSum = combineOne((short) (first[i] >>> 16), (short) (second[i] >>> 16), subtract);
      result[i] = lowSum | highSum << 16;
    }
  }

  private static int combineOne(short a, short b, boolean subtract) {
    float left = FloatFormats.fromF16(a);
    float right = FloatFormats.fromF16(b);
    return HalfPrecision.bits(subtract ? left - right : left + right);
  }
}
