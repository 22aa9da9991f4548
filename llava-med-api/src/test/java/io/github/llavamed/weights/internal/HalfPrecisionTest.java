package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.internal.FloatFormats;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  /** Every finite half by its exact value; of the two zeros, the positive one. */
  private static final TreeMap<Double, Integer> FINITE = new TreeMap<>();

  static {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int magnitude = bits & 0x7fff;
      if (magnitude < 0x7c00 && bits != 0x8000) {
        FINITE.put(exact(bits), bits);
      }
    }
  }

  private final HalfPrecision halves = new HalfPrecision();

  @Test
  void widensEveryHalfExactlyAndRoundsItToItself() {
    float[] widened = new float[1 << 16];
    short[] all = new short[1 << 16];
    for (int bits = 0; bits < all.length; bits++) {
      all[bits] = (short) bits;
    }

    halves.widen(all, widened, all.length);

    for (int bits = 0; bits < all.length; bits++) {
      int magnitude = bits & 0x7fff;
      if (magnitude > 0x7c00) {
        assertThat(widened[bits]).isNaN();
      } else if (magnitude == 0x7c00) {
        assertThat(widened[bits]).isInfinite();
      } else {
        assertThat((double) widened[bits]).isEqualTo(exact(bits));
      }
      assertSameHalf(HalfPrecision.bits(widened[bits]), bits);
    }
  }

  @Test
  void roundsEveryMidpointAndItsNeighboursAsTheReferenceDoes() {
    for (int magnitude = 0; magnitude < 0x7c00; magnitude++) {
      double below = exact(magnitude);
      double above = magnitude == 0x7bff ? 65536 : exact(magnitude + 1);
      float middle = (float) ((below + above) / 2); // exact: 12 bits
      for (float value : new float[] {middle, Math.nextDown(middle), Math.nextUp(middle)}) {
        assertSameHalf(HalfPrecision.bits(value), reference(value));
        assertSameHalf(HalfPrecision.bits(-value), reference(-value));
      }
    }
  }

  @Test
  void roundsTheNamedCases() {
    assertThat(HalfPrecision.bits(1 + 0x1p-11f)).isEqualTo(0x3c00); // tie to even
    assertThat(HalfPrecision.bits(1 + 3 * 0x1p-11f)).isEqualTo(0x3c02); // tie to even, up
    assertThat(HalfPrecision.bits(65519.996f)).isEqualTo(0x7bff);
    assertThat(HalfPrecision.bits(65520)).isEqualTo(0x7c00);
    assertThat(HalfPrecision.bits(-1e30f)).isEqualTo(0xfc00);
    assertThat(HalfPrecision.bits(Float.NEGATIVE_INFINITY)).isEqualTo(0xfc00);
    assertThat(HalfPrecision.bits(-0f)).isEqualTo(0x8000);
    assertThat(HalfPrecision.bits(0x1p-25f)).isZero(); // tie between 0 and the smallest
    assertThat(HalfPrecision.bits(Math.nextUp(0x1p-25f))).isEqualTo(1);
    assertThat(HalfPrecision.bits(Float.MIN_VALUE)).isZero();
    assertThat(HalfPrecision.bits(Float.NaN) & 0x7fff).isGreaterThan(0x7c00);
  }

  @Property(tries = 20000)
  void roundsAnyBitsAsTheReferenceDoes(@ForAll int bits) {
    float value = Float.intBitsToFloat(bits);

    assertSameHalf(HalfPrecision.bits(value), reference(value));
    assertSameHalf(HalfPrecision.bits(value), FloatFormats.toF16(value) & 0xffff);
  }

  @Property(tries = 20000)
  void addsAndSubtractsAsTheReferenceDoes(@ForAll short a, @ForAll short b) {
    float[] left = new float[1];
    float[] right = new float[1];
    halves.widen(new short[] {a}, left, 1);
    halves.widen(new short[] {b}, right, 1);

    assertSameHalf(HalfPrecision.bits(left[0] + right[0]), reference((float) sum(a, b, 1)));
    assertSameHalf(HalfPrecision.bits(left[0] - right[0]), reference((float) sum(a, b, -1)));
  }

  @Property(tries = 2000)
  void roundsInPlaceToTheSameHalves(@ForAll float[] values) {
    float[] rounded = values.clone();
    short[] bits = new short[values.length];

    halves.roundInPlace(rounded, rounded.length);
    halves.round(values, bits, bits.length);

    for (int i = 0; i < values.length; i++) {
      assertSameHalf(HalfPrecision.bits(rounded[i]), bits[i] & 0xffff);
      assertThat(rounded[i]).isEqualTo(FloatFormats.fromF16(bits[i]));
    }
  }

  /** In double, sums of halves are exact. */
  private static double sum(short a, short b, int sign) {
    return widened(a & 0xffff) + sign * widened(b & 0xffff);
  }

  private static double widened(int bits) {
    int magnitude = bits & 0x7fff;
    double sign = bits < 0x8000 ? 1 : -1;
    if (magnitude < 0x7c00) {
      return bits == 0x8000 ? -0.0 : exact(bits);
    }
    return magnitude > 0x7c00 ? Double.NaN : sign * Double.POSITIVE_INFINITY;
  }

  /** The value of a finite half from its fields. */
  private static double exact(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
    return bits < 0x8000 ? magnitude : -magnitude;
  }

  /** Looks for the nearest half among all of them; of two, the even one. */
  private static int reference(float value) {
    int sign = Float.floatToRawIntBits(value) < 0 ? 0x8000 : 0;
    if (Float.isNaN(value)) {
      return 0x7e00;
    }
    double magnitude = Math.abs((double) value);
    if (magnitude >= 65520) {
      return sign | 0x7c00; // the middle between the largest half and 2^16, and beyond
    }
    if (magnitude >= 65504) {
      return sign | 0x7bff;
    }
    var below = FINITE.floorEntry(magnitude);
    var above = FINITE.ceilingEntry(magnitude);
    double down = magnitude - below.getKey();
    double up = above.getKey() - magnitude;
    boolean takeBelow = down < up || down == up && below.getValue() % 2 == 0;
    return sign | (takeBelow ? below.getValue() : above.getValue());
  }

  private static void assertSameHalf(int found, int expected) {
    if ((expected & 0x7fff) > 0x7c00) {
      assertThat(found & 0x7fff).isGreaterThan(0x7c00);
    } else {
      assertThat(found).isEqualTo(expected);
    }
  }
}
