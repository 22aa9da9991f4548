package io.github.llavamed.checkpoint.internal;

/**
 * Converts single values between float32 and the smaller float formats, bit by bit.
 *
 * <p>Widening is exact. Narrowing rounds to nearest, ties to even, subnormals included. NaN stays
 * NaN: F16 and BF16 keep sign and upper payload bits and become quiet, as the x86 and ARM
 * instructions do; the 8-bit formats use 0x7f with the sign, as torch does. Values too large become
 * infinite, or NaN in E4M3, which has no infinity (torch: from 464, exclusive, on).
 */
public final class FloatFormats {
  private static final int SIGN = 0x8000_0000;
  private static final int INFINITY = 0x7f80_0000;

  private FloatFormats() {}

  /** Widens an IEEE half. */
  public static float fromF16(short half) {
    int magnitude = half & 0x7fff;
    int sign = (half & 0x8000) << 16;
    if (magnitude >= 0x7c00) {
      return Float.intBitsToFloat(sign | INFINITY | (magnitude & 0x3ff) << 13);
    }
    if (magnitude < 0x0400) {
      // Subnormal: a multiple of 2^-24, exact in float.
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
    }
    return Float.intBitsToFloat(sign | ((magnitude << 13) + ((127 - 15) << 23)));
  }

  /** Rounds to an IEEE half. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & ~SIGN;
    if (magnitude > INFINITY) {
      return (short) (sign | 0x7e00 | (magnitude >>> 13 & 0x3ff));
    }
    if (magnitude >= 0x4780_0000) { // 2^16
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x3880_0000) { // 2^-14: adding 0.5 rounds to multiples of 2^-24
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(shifted) - 0x3f00_0000));
    }
    int odd = magnitude >>> 13 & 1;
    return (short) (sign | (magnitude - ((127 - 15) << 23) + 0xfff + odd) >>> 13);
  }

  /** Widens a bfloat16. */
  public static float fromBf16(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  /** Rounds to a bfloat16. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & ~SIGN) > INFINITY) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /** Widens an 8-bit float with 5 exponent bits. */
  public static float fromF8E5M2(byte value) {
    return fromF16((short) (value << 8));
  }

  /** Rounds to an 8-bit float with 5 exponent bits. */
  public static byte toF8E5M2(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 24) & 0x80;
    int magnitude = bits & ~SIGN;
    if (magnitude >= 0x4780_0000) { // 2^16
      return (byte) (sign | (magnitude > INFINITY ? 0x7f : 0x7c));
    }
    if (magnitude < 0x3880_0000) { // 2^-14: adding 128 rounds to multiples of 2^-16
      float shifted = Float.intBitsToFloat(magnitude) + 128f;
      return (byte) (sign | (Float.floatToRawIntBits(shifted) - 0x4300_0000));
    }
    int odd = magnitude >>> 21 & 1;
    return (byte) (sign | (magnitude - ((127 - 15) << 23) + 0xf_ffff + odd) >>> 21);
  }

  /** Widens an 8-bit float with 4 exponent bits ("fn": no infinities). */
  public static float fromF8E4M3(byte value) {
    int magnitude = value & 0x7f;
    int sign = (value & 0x80) << 24;
    if (magnitude == 0x7f) {
      return Float.intBitsToFloat(sign | 0x7fc0_0000);
    }
    if (magnitude < 8) {
      // Subnormal: a multiple of 2^-9.
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-9f));
    }
    return Float.intBitsToFloat(sign | ((magnitude << 20) + ((127 - 7) << 23)));
  }

  /** Rounds to an 8-bit float with 4 exponent bits ("fn": no infinities). */
  public static byte toF8E4M3(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 24) & 0x80;
    int magnitude = bits & ~SIGN;
    if (magnitude >= 0x43f0_0000) { // 480
      return (byte) (sign | 0x7f);
    }
    if (magnitude < 0x3c80_0000) { // 2^-6: adding 2^14 rounds to multiples of 2^-9
      float shifted = Float.intBitsToFloat(magnitude) + 16384f;
      return (byte) (sign | (Float.floatToRawIntBits(shifted) - 0x4680_0000));
    }
    int odd = magnitude >>> 20 & 1;
    return (byte) (sign | (magnitude - ((127 - 7) << 23) + 0x7_ffff + odd) >>> 20);
  }
}
