package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.internal.FloatFormats;

/**
 * Converts arrays between float16 and float32 without branches.
 *
 * <p>Weights and above all differences of weights mix normal and subnormal halves at random, which
 * makes branches on them expensive. Widening is a look-up in a table of all 65536 halves; Java 17
 * compiles no bit reinterpretation to vector instructions, so arithmetic on one number at a time
 * would be slower; {@link HalfSums} works on blocks. Safe for concurrent use.
 */
final class HalfPrecision {
  private static final int SIGN_OF_HALF = 0x8000;
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int INFINITY = 0x7f80_0000;
  private static final int EXPONENT_OFFSET = (127 - 15) << 23;
  private static final int SMALLEST_NORMAL = 0x3880_0000; // 2^-14
  private static final int TOO_LARGE = 0x4780_0000; // 2^16

  /** Every half as a float, by its bits. */
  private final float[] table = new float[1 << Short.SIZE];

  /** Fills the table. */
  HalfPrecision() {
    for (int bits = 0; bits < table.length; bits++) {
      table[bits] = FloatFormats.fromF16((short) bits);
    }
  }

  /** Widens {@code count} halves from the start of an array. */
  void widen(short[] source, float[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = table[source[i] & 0xffff];
    }
  }

  /** Rounds {@code count} floats to halves, to nearest, ties to even. */
  void round(float[] source, short[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = (short) bits(source[i]);
    }
  }

  /** Replaces {@code count} floats by the halves nearest to them, ties to even. */
  void roundInPlace(float[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = table[bits(values[i])];
    }
  }

  /**
   * Rounds one float to a half. Every case is computed and one is chosen, which compiles to
   * conditional moves.
   *
   * @return the bits of the half, 0 … 0xffff
   */
  static int bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & MAGNITUDE;
    // Adding 0.5 rounds to multiples of 2^-24, the spacing of the subnormal halves.
    float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
    int subnormal = Float.floatToRawIntBits(shifted) - 0x3f00_0000;
    int odd = (magnitude >>> 13) & 1;
    int normal = (magnitude - EXPONENT_OFFSET + 0xfff + odd) >>> 13;
    int half = magnitude < SMALLEST_NORMAL ? subnormal : normal;
    half = magnitude >= TOO_LARGE ? 0x7c00 : half;
    half = magnitude > INFINITY ? 0x7e00 : half;
    return ((bits >>> 16) & SIGN_OF_HALF) | half;
  }
}
