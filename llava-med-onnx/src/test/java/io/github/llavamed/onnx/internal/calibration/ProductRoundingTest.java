package io.github.llavamed.onnx.internal.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.ProductInput;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProductRoundingTest {
  private static final int ROWS = 40;
  private static final int OUTPUTS = 48;
  private static final int WIDTH = 64;

  private static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void scaleColumn(float[] matrix, int column, float factor) {
    for (int i = column; i < matrix.length; i += WIDTH) {
      matrix[i] *= factor;
    }
  }

  private static RoundingError error(float[] rows, float[] weight) {
    return new RoundingError(
        List.of(rows), RowSource.of(weight, weight.length / WIDTH), WeightRange.FULL);
  }

  private static InputTreatment choose(float[] rows, float[] weight, boolean folded, int channels) {
    ProductInput input = new ProductInput("x", WIDTH, folded);
    return new ProductRounding(input, error(rows, weight)).choose(List.of(rows), channels);
  }

  /** The error that is left, of products computed with both sides really rounded. */
  private static double roundedError(float[] rows, float[] weight, InputTreatment treatment) {
    float[] factors = treatment.factors(WIDTH);
    double sum = 0;
    for (int r = 0; r < rows.length; r += WIDTH) {
      float[] x = new float[WIDTH];
      float above = 0;
      float below = 0;
      for (int i = 0; i < WIDTH; i++) {
        x[i] = rows[r + i] * factors[i];
        above = Math.max(above, x[i]);
        below = Math.min(below, x[i]);
      }
      int zero = treatment.zeroPoint();
      float step = Math.max(above / (255 - zero), -below / zero);
      for (int o = 0; o < weight.length; o += WIDTH) {
        float largest = 0;
        for (int i = 0; i < WIDTH; i++) {
          largest = Math.max(largest, Math.abs(weight[o + i] / factors[i]));
        }
        double error = 0;
        for (int i = 0; i < WIDTH; i++) {
          double w = weight[o + i] / factors[i];
          error +=
              Math.round(x[i] / step) * step * Math.rint(w * 127 / largest) * largest / 127
                  - (double) x[i] * w;
        }
        sum += error * error;
      }
    }
    return sum;
  }

  @Property(tries = 30)
  void foreseesTheErrorOfARoundedProduct(
      @ForAll long seed, @ForAll @IntRange(min = 16, max = 240) int zeroPoint) {
    float[] rows = gaussian(ROWS * WIDTH, seed);
    float[] weight = gaussian(OUTPUTS * WIDTH, seed + 1);
    InputTreatment treatment = new InputTreatment(new int[0], new float[0], true, zeroPoint);

    double foreseen = error(rows, weight).under(treatment).at(zeroPoint) / 12;

    assertThat(roundedError(rows, weight, treatment)).isBetween(foreseen / 1.5, foreseen * 1.5);
  }

  @Property(tries = 30)
  void undoesAnyImbalanceBetweenInputAndWeight(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = WIDTH - 1) int channel,
      @ForAll @FloatRange(min = 8, max = 1e6f) float factor) {
    float[] rows = gaussian(ROWS * WIDTH, seed);
    float[] weight = gaussian(OUTPUTS * WIDTH, seed + 1);
    double before = roundedError(rows, weight, choose(rows, weight, true, 0));
    scaleColumn(rows, channel, factor);
    scaleColumn(weight, channel, 1 / factor);

    InputTreatment treatment = choose(rows, weight, true, 0);

    assertThat(treatment.apart()).isEmpty();
    assertThat(roundedError(rows, weight, treatment)).isLessThan(before * 1.5);
  }

  @Test
  void givesValuesThatLeanToOneSideMoreBytesThere() {
    float[] rows = gaussian(ROWS * WIDTH, 1);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Math.max(rows[i], -0.17f);
    }
    float[] weight = gaussian(OUTPUTS * WIDTH, 2);

    InputTreatment treatment = choose(rows, weight, false, 0);

    assertThat(treatment.zeroPoint()).isLessThan(64);
    assertThat(roundedError(rows, weight, treatment))
        .isLessThan(roundedError(rows, weight, InputTreatment.NONE) * 0.7);
  }

  @Test
  void keepsChannelsInFloatOnlyWhereFactorsCannotHelp() {
    float[] rows = gaussian(ROWS * WIDTH, 3);
    float[] weight = gaussian(OUTPUTS * WIDTH, 4);
    scaleColumn(rows, 9, 100);

    assertThat(choose(rows, weight, false, 2).apart()).contains(9);
    assertThat(choose(rows, weight, true, 2).apart()).contains(9);
    scaleColumn(weight, 9, 0.01f);
    assertThat(choose(rows, weight, true, 2).apart()).isEmpty();
  }

  @Test
  void leavesProductsAloneWhereNothingIsGained() {
    float[] rows = gaussian(ROWS * WIDTH, 5);

    InputTreatment treatment = choose(rows, gaussian(OUTPUTS * WIDTH, 6), false, 4);

    assertThat(treatment.apart()).isEmpty();
    assertThat(treatment.smoothing()).isEmpty();
    assertThat(treatment.zeroPoint()).isEqualTo(InputTreatment.MIDDLE);
  }

  @Test
  void copesWithChannelsAndWeightsOfZeros() {
    float[] rows = gaussian(ROWS * WIDTH, 7);
    float[] weight = gaussian(OUTPUTS * WIDTH, 8);
    scaleColumn(rows, 0, 0);
    scaleColumn(weight, 1, 0);
    scaleColumn(rows, 2, 1000);
    scaleColumn(weight, 2, 0.001f);

    for (float factor : choose(rows, weight, true, 4).factors(WIDTH)) {
      assertThat(factor).isPositive().isFinite();
    }
    InputTreatment nothing = choose(new float[ROWS * WIDTH], new float[WIDTH], true, 4);
    assertThat(nothing.factors(WIDTH)).containsOnly(1f);
  }
}
