package io.github.llavamed.onnx.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Int8RowsTest {
  private static final float MANY = 3e38f;

  @Property
  void isOffByAtMostHalfAScale(
      @ForAll WeightRange range,
      @ForAll @Size(min = 1, max = 65) float @FloatRange(min = -MANY, max = MANY) [] values) {
    byte[] bytes = new byte[values.length];

    float scale = new Int8Rows(range).quantize(values, values.length, bytes, "row");

    assertThat(scale).isPositive().isFinite();
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(bytes[i])).isLessThanOrEqualTo(range.largest());
      double error = Math.abs(values[i] - (double) bytes[i] * scale);
      assertThat(error).isLessThanOrEqualTo(Math.max(0.5001 * scale, 0x1p-120) + 1e-36);
    }
  }

  @Property(tries = 200)
  void usesTheWholeRange(
      @ForAll WeightRange range,
      @ForAll @IntRange(min = 1, max = 300) int count,
      @ForAll long seed,
      @ForAll @IntRange(min = -12, max = 12) int exponent) {
    float[] values = gaussian(count, seed, (float) Math.pow(10, exponent));
    byte[] bytes = new byte[count];

    new Int8Rows(range).quantize(values, count, bytes, "row");

    int largest = 0;
    for (byte value : bytes) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isEqualTo(range.largest());
  }

  @Property(tries = 50)
  void refusesWhatIsNotFinite(
      @ForAll @IntRange(min = 1, max = 40) int count, @ForAll @IntRange(min = 0, max = 39) int at) {
    for (float strange :
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[count];
      values[at % count] = strange;

      assertThatThrownBy(
              () ->
                  new Int8Rows(WeightRange.FULL)
                      .quantize(values, count, new byte[count], "tensor 'w'"))
          .isInstanceOf(NonFiniteWeightException.class)
          .hasMessageContaining("tensor 'w'")
          .hasMessageContaining("column " + at % count);
    }
  }

  @Example
  void roundsZerosToZeros() {
    byte[] bytes = {7, 7, 7};

    float scale = new Int8Rows(WeightRange.FULL).quantize(new float[3], 3, bytes, "row");

    assertThat(bytes).containsOnly(0);
    assertThat(scale).isEqualTo(1f);
  }

  static float[] gaussian(int count, long seed, float deviation) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
