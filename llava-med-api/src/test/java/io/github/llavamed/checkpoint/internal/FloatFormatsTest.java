package io.github.llavamed.checkpoint.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every 8- and 16-bit value, and roundings around every pair of neighbours. */
class FloatFormatsTest {
  private static final long SEED = 20261124;

  /** A small float format, described by arithmetic instead of bits. */
  private record Format(int exponentBits, int mantissaBits, boolean hasInfinity) {
    int bias() {
      return (1 << (exponentBits - 1)) - 1;
    }

    int magnitudes() {
      return 1 << (exponentBits + mantissaBits);
    }

    /** The value of a code, by the definition of the format. */
    double value(int code) {
      int magnitude = code & (magnitudes() - 1);
      int exponent = magnitude >> mantissaBits;
      int fraction = magnitude & ((1 << mantissaBits) - 1);
      double sign = code < magnitudes() ? 1 : -1;
      if (hasInfinity && exponent == (1 << exponentBits) - 1) {
        return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
      }
      if (!hasInfinity && magnitude == magnitudes() - 1) {
        return Double.NaN;
      }
      double scale = Math.scalb(1.0, Math.max(exponent, 1) - bias() - mantissaBits);
      return sign * scale * (exponent == 0 ? fraction : fraction + (1 << mantissaBits));
    }

    /** The value that the code after the largest finite one would have without special codes. */
    double pastLargest() {
      int largest = hasInfinity ? magnitudes() - (1 << mantissaBits) - 1 : magnitudes() - 2;
      return 2 * value(largest) - value(largest - 1);
    }
  }

  private static final Format F16 = new Format(5, 10, true);
  private static final Format BF16 = new Format(8, 7, true);
  private static final Format E5M2 = new Format(5, 2, true);
  private static final Format E4M3 = new Format(4, 3, false);

  private interface Widen {
    float apply(int code);
  }

  private interface Narrow {
    int apply(float value);
  }

  @Test
  void convertsEveryHalf() {
    check(F16, c -> FloatFormats.fromF16((short) c), v -> FloatFormats.toF16(v) & 0xffff);
  }

  @Test
  void convertsEveryBfloat16() {
    check(BF16, c -> FloatFormats.fromBf16((short) c), v -> FloatFormats.toBf16(v) & 0xffff);
  }

  @Test
  void convertsEveryE5m2() {
    check(E5M2, c -> FloatFormats.fromF8E5M2((byte) c), v -> FloatFormats.toF8E5M2(v) & 0xff);
  }

  @Test
  void convertsEveryE4m3() {
    check(E4M3, c -> FloatFormats.fromF8E4M3((byte) c), v -> FloatFormats.toF8E4M3(v) & 0xff);
  }

  @Test
  void keepsTheUpperPayloadOfNanInHalvesAndMakesItQuiet() {
    for (int code = 0; code < 0x10000; code++) {
      if (Float.isNaN(FloatFormats.fromF16((short) code))) {
        assertThat(FloatFormats.toF16(FloatFormats.fromF16((short) code)) & 0xffff)
            .isEqualTo(code | 0x200);
      }
    }
    assertThat(FloatFormats.toF16(Float.NaN) & 0xffff).isEqualTo(0x7e00);
    assertThat(FloatFormats.toBf16(Float.NaN) & 0xffff).isEqualTo(0x7fc0);
    assertThat(FloatFormats.toBf16(Float.intBitsToFloat(0x7f800001)) & 0xffff).isEqualTo(0x7fc0);
  }

  @Test
  void overflowsWhereTheFormatSays() {
    assertThat(FloatFormats.toF16(65519.996f) & 0xffff).isEqualTo(0x7bff);
    assertThat(FloatFormats.toF16(65520f) & 0xffff).isEqualTo(0x7c00);
    assertThat(FloatFormats.toF16(-1e30f) & 0xffff).isEqualTo(0xfc00);
    assertThat(FloatFormats.toBf16(Float.MAX_VALUE) & 0xffff).isEqualTo(0x7f80);
    assertThat(FloatFormats.toF8E4M3(464f) & 0xff).isEqualTo(0x7e);
    assertThat(FloatFormats.toF8E4M3(Math.nextUp(464f)) & 0xff).isEqualTo(0x7f);
    assertThat(FloatFormats.toF8E4M3(Float.NEGATIVE_INFINITY) & 0xff).isEqualTo(0xff);
    assertThat(FloatFormats.toF8E5M2(61439f) & 0xff).isEqualTo(0x7b);
    assertThat(FloatFormats.toF8E5M2(61440f) & 0xff).isEqualTo(0x7c);
  }

  @Test
  void roundsTiesToEven() {
    assertThat(FloatFormats.toF16(1 + 0x1p-11f) & 0xffff).isEqualTo(0x3c00);
    assertThat(FloatFormats.toF16(1 + 3 * 0x1p-11f) & 0xffff).isEqualTo(0x3c02);
    assertThat(FloatFormats.toF16(0x1p-25f) & 0xffff).isZero();
    assertThat(FloatFormats.toF16(Math.nextUp(0x1p-25f)) & 0xffff).isEqualTo(1);
    assertThat(FloatFormats.toBf16(1 + 0x1p-8f) & 0xffff).isEqualTo(0x3f80);
  }

  @Test
  void roundsRandomFloatsToTheNearestHalf() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isNaN(value)) {
        int code = FloatFormats.toF16(value) & 0xffff;
        double error = Math.abs(F16.value(code) - value);
        int magnitude = code & 0x7fff;
        if (magnitude < 0x7c00) {
          double up = Math.abs(F16.value(code + 1) - value);
          double down = magnitude == 0 ? error : Math.abs(F16.value(code - 1) - value);
          assertThat(error).as("seed %d, %s", SEED, value).isLessThanOrEqualTo(Math.min(up, down));
        } else {
          assertThat(Math.abs(value)).as("seed %d", SEED).isGreaterThanOrEqualTo(65520f);
        }
      }
    }
  }

  private static void check(Format format, Widen widen, Narrow narrow) {
    int finite = 0;
    for (int code = 0; code < 2 * format.magnitudes(); code++) {
      double expected = format.value(code);
      float widened = widen.apply(code);
      assertThat((double) widened).as("code 0x%x", code).isEqualTo(Double.valueOf(expected));
      if (!Double.isNaN(expected)) {
        assertThat(narrow.apply(widened)).as("code 0x%x", code).isEqualTo(code);
      }
      if (Double.isFinite(expected)) {
        finite++;
        checkRounding(format, code, narrow);
      }
    }
    assertThat(finite).isGreaterThan(format.magnitudes());
  }

  /** Just below, at and just above the middle between a code and the next larger magnitude. */
  private static void checkRounding(Format format, int code, Narrow narrow) {
    double value = format.value(code);
    double next = format.value(code + 1);
    boolean last =
        !Double.isFinite(next) || (code & (format.magnitudes() - 1)) == format.magnitudes() - 1;
    double middle = (value + (last ? Math.copySign(format.pastLargest(), value) : next)) / 2;
    if ((double) (float) middle != middle) {
      return; // Beyond float's own resolution.
    }
    float tie = (float) middle;
    float towards = code < format.magnitudes() ? Math.nextDown(tie) : Math.nextUp(tie);
    float away = code < format.magnitudes() ? Math.nextUp(tie) : Math.nextDown(tie);
    assertThat(narrow.apply(towards)).as("below the middle after 0x%x", code).isEqualTo(code);
    assertThat(narrow.apply(tie))
        .as("middle after 0x%x", code)
        .isEqualTo((code & 1) == 0 ? code : code + 1);
    if (Float.isFinite(away)) {
      assertThat(narrow.apply(away)).as("above the middle after 0x%x", code).isEqualTo(code + 1);
    }
  }
}
