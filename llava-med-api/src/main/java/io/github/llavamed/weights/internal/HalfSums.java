package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.internal.FloatFormats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

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
  private final int[] parts = new int[2 * BLOCK]; // the low halves, then the high ones
  private final float[] left = new float[2 * BLOCK];
  private final float[] right = new float[2 * BLOCK];
  private final ByteBuffer bits =
      ByteBuffer.allocateDirect(2 * BLOCK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
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
    IntBuffer as = a.clear().asIntBuffer();
    IntBuffer bs = b.clear().asIntBuffer();
    IntBuffer sums = target.asIntBuffer();
    boolean exact = keepsSubnormals();
    int words = (count + 1) / 2;
    for (int done = 0; done < words; done += BLOCK) {
      int n = Math.min(BLOCK, words - done);
      read(as, done, n, first);
      read(bs, done, n, second);
      if (!exact || !combineFinite(subtract)) {
        combineAny(subtract);
      }
      sums.put(done, result, 0, n);
    }
    target.position(target.position() + count * Short.BYTES);
  }

  /** A native library may have told the processor to take subnormal floats for zero. */
  private boolean keepsSubnormals() {
    return smallest + smallest > smallest;
  }

  private static void read(IntBuffer source, int from, int count, int[] target) {
    source.get(from, target, 0, count);
    Arrays.fill(target, count, BLOCK, 0);
  }

  /** Returns false, the results being void, if an operand or a result is not finite. */
  private boolean combineFinite(boolean subtract) {
    if (NonFiniteCounter.isAnyHalf(first, BLOCK) || NonFiniteCounter.isAnyHalf(second, BLOCK)) {
      return false;
    }
    widen(first, left);
    widen(second, right);
    if (subtract) {
      subtract(left, right);
    } else {
      add(left, right);
    }
    asFloats.put(0, left, 0, 2 * BLOCK);
    asInts.get(0, parts, 0, 2 * BLOCK);
    round(parts, result);
    return !NonFiniteCounter.isAnyHalf(result, BLOCK);
  }

  private void widen(int[] words, float[] target) {
    split(words, parts);
    asInts.put(0, parts, 0, 2 * BLOCK);
    asFloats.get(0, target, 0, 2 * BLOCK);
  }

  private static void split(int[] words, int[] parts) {
    for (int i = 0; i < BLOCK; i++) {
      parts[i] = ((words[i] << 16) & SIGN) | ((words[i] & 0x7fff) << 13);
    }
    for (int i = 0; i < BLOCK; i++) {
      parts[BLOCK + i] = (words[i] & SIGN) | ((words[i] >>> 3) & 0x0fff_e000);
    }
  }

  private static void add(float[] target, float[] other) {
    for (int i = 0; i < 2 * BLOCK; i++) {
      target[i] += other[i];
    }
  }

  private static void subtract(float[] target, float[] other) {
    for (int i = 0; i < 2 * BLOCK; i++) {
      target[i] -= other[i];
    }
  }

  /** Rounds to nearest, ties to even; a carry goes into the exponent, as it should. */
  private static void round(int[] parts, int[] words) {
    for (int i = 0; i < BLOCK; i++) {
      int l = parts[i];
      int h = parts[BLOCK + i];
      int lowMagnitude = l & ~SIGN;
      int highMagnitude = h & ~SIGN;
      int lowRounded = (lowMagnitude + 0xfff + ((lowMagnitude >>> 13) & 1)) >>> 13;
      int highRounded = (highMagnitude + 0xfff + ((highMagnitude >>> 13) & 1)) >>> 13;
      words[i] = lowRounded | ((l >>> 16) & 0x8000) | (highRounded << 16) | (h & SIGN);
    }
  }

  private void combineAny(boolean subtract) {
    for (int i = 0; i < BLOCK; i++) {
      int lowSum = combineOne((short) first[i], (short) second[i], subtract);
      int highSum = combineOne((short) (first[i] >>> 16), (short) (second[i] >>> 16), subtract);
      result[i] = lowSum | highSum << 16;
    }
  }

  private static int combineOne(short a, short b, boolean subtract) {
    float x = FloatFormats.fromF16(a);
    float y = FloatFormats.fromF16(b);
    return HalfPrecision.bits(subtract ? x - y : x + y);
  }
}
