package io.github.llavamed.onnx.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Int8BlocksTest {
  private static final float MANY = 3e38f;

  private static double value(Int8Blocks.Row row, int i, int blockSize) {
    return ((row.codes()[i] & 0xff) - Int8Blocks.ZERO) * (double) row.scales()[i / blockSize];
  }

  @Property(tries = 300)
  void isOffByAtMostHalfItsBlocksScale(
      @ForAll @Size(min = 1, max = 65) float @FloatRange(min = -MANY, max = MANY) [] values) {
    Int8Blocks.Row row = Int8Blocks.Row.allocate(values.length, 16);

    new Int8Blocks(16).quantize(values, row, "row");

    for (int i = 0; i < values.length; i++) {
      float scale = row.scales()[i / 16];
      assertThat(scale).isPositive().isFinite();
      assertThat(row.codes()[i] & 0xff).isBetween(1, 255);
      double error = Math.abs(values[i] - value(row, i, 16));
      assertThat(error).isLessThanOrEqualTo(Math.max(0.5001 * scale, 0x1p-120) + 1e-36);
    }
  }

  @Property(tries = 100)
  void oneLargeValueCostsOnlyItsOwnBlock(
      @ForAll @IntRange(min = 33, max = 300) int count, @ForAll long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    values[5] = 1e6f;
    Int8Blocks.Row row = Int8Blocks.Row.allocate(count, 32);

    new Int8Blocks(32).quantize(values, row, "row");

    assertThat(row.scales()[0]).isCloseTo(1e6f / 127, offset(1f));
    for (int i = 32; i < count; i++) {
      assertThat(value(row, i, 32)).isCloseTo(values[i], offset(0.05));
    }
  }

  @Property(tries = 50)
  void refusesWhatIsNotFinite(
      @ForAll @IntRange(min = 1, max = 40) int count, @ForAll @IntRange(min = 0, max = 39) int at) {
    for (float strange :
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[count];
      values[at % count] = strange;

      assertThatThrownBy(
              () -> new Int8Blocks(16).quantize(values, Int8Blocks.Row.allocate(count, 16), "w"))
          .isInstanceOf(NonFiniteWeightException.class)
          .hasMessageContaining("w");
    }
  }

  @Example
  void keepsZerosExactly() {
    Int8Blocks.Row row = Int8Blocks.Row.allocate(40, 32);

    new Int8Blocks(32).quantize(new float[40], row, "row");

    assertThat(row.codes()).containsOnly((byte) Int8Blocks.ZERO);
    assertThat(row.scales()).containsOnly(1f);
  }
}
