package io.github.llavamed.onnx.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class Int4BlocksTest {
  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1f);
    return ones;
  }

  private static Int4Blocks.Row quantize(float[] values, float[] importance, int blockSize) {
    Int4Blocks.Row row = Int4Blocks.Row.allocate(values.length, blockSize);
    new Int4Blocks(blockSize).quantize(values, importance, row, "tensor 'w'");
    return row;
  }

  private static double value(Int4Blocks.Row row, int i, int blockSize) {
    int block = i / blockSize;
    return (row.codes()[i] - row.zeroPoints()[block]) * (double) row.scales()[block];
  }

  private static double error(float[] values, float[] importance, Int4Blocks.Row row, int block) {
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = values[i] - value(row, i, block);
      error += importance[i] * difference * difference;
    }
    return error;
  }

  @Property(tries = 300)
  void keepsCodesInRangeAndBeatsRoundingToNearest(
      @ForAll @IntRange(min = 1, max = 200) int count,
      @ForAll long seed,
      @ForAll @IntRange(min = -12, max = 12) int exponent) {
    float[] values = Int8RowsTest.gaussian(count, seed, (float) Math.pow(10, exponent));

    Int4Blocks.Row row = quantize(values, ones(count), 32);

    for (int i = 0; i < count; i++) {
      assertThat(row.codes()[i]).isBetween((byte) 0, (byte) 15);
    }
    for (int block = 0; block < row.scales().length; block++) {
      assertThat(row.scales()[block]).isPositive().isFinite();
      assertThat(row.zeroPoints()[block]).isBetween((byte) 0, (byte) 15);
    }
    assertThat(error(values, ones(count), row, 32))
        .isLessThanOrEqualTo(1.0001 * errorOfNearest(values, 32) + roundingOf(values));
  }

  /** What float arithmetic may add to a sum of squared errors. */
  private static double roundingOf(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return 1e-12 * squares;
  }

  /** Rounds in the whole range of each block. */
  private static double errorOfNearest(float[] values, int blockSize) {
    double error = 0;
    for (int first = 0; first < values.length; first += blockSize) {
      double low = 0;
      double high = 0;
      int end = Math.min(values.length, first + blockSize);
      for (int i = first; i < end; i++) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
      double scale = Math.max(Double.MIN_NORMAL, (high - low) / 15);
      double zero = Math.rint(-low / scale);
      for (int i = first; i < end; i++) {
        double code = Math.max(0, Math.min(15, Math.rint(values[i] / scale) + zero));
        double difference = values[i] - (code - zero) * scale;
        error += difference * difference;
      }
    }
    return error;
  }

  @Property(tries = 100)
  void staysWithinTheRangeThatIsTriedSmallest(
      @ForAll @IntRange(min = 2, max = 128) int count, @ForAll long seed) {
    float[] values = Int8RowsTest.gaussian(count, seed, 1f);
    float low = 0f;
    float high = 0f;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }

    Int4Blocks.Row row = quantize(values, ones(count), 128);

    for (int i = 0; i < count; i++) {
      assertThat(Math.abs(values[i] - value(row, i, 128))).isLessThan(0.45 * (high - low));
    }
  }

  @Example
  void spendsItsDigitsWhereTheyCount() {
    float[] importance = ones(64);
    for (int i = 0; i < 64; i += 8) {
      importance[i] = 100f;
    }
    double weighted = 0;
    double plain = 0;
    for (int seed = 0; seed < 100; seed++) {
      float[] values = Int8RowsTest.gaussian(64, seed, 1f);
      weighted += error(values, importance, quantize(values, importance, 64), 64);
      plain += error(values, importance, quantize(values, ones(64), 64), 64);
    }

    assertThat(weighted).isLessThan(0.9 * plain);
  }

  @Property(tries = 50)
  void takesBlocksOfOneSign(
      @ForAll @IntRange(min = 1, max = 70) int count, @ForAll boolean negative) {
    float[] values = Int8RowsTest.gaussian(count, count, 1f);
    for (int i = 0; i < count; i++) {
      values[i] = negative ? -1 - Math.abs(values[i]) : 1 + Math.abs(values[i]);
    }

    Int4Blocks.Row row = quantize(values, ones(count), 32);

    assertThat(error(values, ones(count), row, 32))
        .isLessThanOrEqualTo(1.0001 * errorOfNearest(values, 32) + roundingOf(values));
  }

  @Example
  void roundsZerosToZeros() {
    Int4Blocks.Row row = quantize(new float[33], ones(33), 16);

    for (int i = 0; i < 33; i++) {
      assertThat(value(row, i, 16)).isZero();
    }
  }

  @Example
  void refusesWhatIsNotFinite() {
    float[] values = new float[20];
    values[19] = Float.NaN;

    assertThatThrownBy(() -> quantize(values, ones(20), 16))
        .isInstanceOf(NonFiniteWeightException.class)
        .hasMessageContaining("tensor 'w'")
        .hasMessageContaining("column 19");
  }
}
