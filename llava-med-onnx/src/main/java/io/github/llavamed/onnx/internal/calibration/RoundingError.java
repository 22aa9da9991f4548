package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What rounding both sides of a matrix product is expected to add to it, by sample rows of its
 * input.
 *
 * <p>A rounded value is off by a twelfth of its step squared. So the product is off by the squared
 * steps of the input's rows times the squares of the weight, and by the squared steps of the
 * weight's rows times the squares of the input; the factor that all of this has in common is left
 * out. Safe for concurrent use.
 */
final class RoundingError {
  private static final float LARGEST_BYTE = 255f;

  /** About so many outputs stand for all, since each has a step of its own. */
  private static final int OUTPUTS = 512;

  private final float[][] rows;
  private final float[][] weight;
  private final WeightRange range;

  /**
   * Reads the weight.
   *
   * @param rowsByImage // [s, inputs] each
   * @param weight // [outputs, inputs]
   */
  RoundingError(List<float[]> rowsByImage, RowSource weight, WeightRange range) {
    int width = weight.columns();
    this.range = range;
    this.rows =
        rowsByImage.stream()
            .flatMap(
                values ->
                    IntStream.range(0, values.length / width)
                        .mapToObj(r -> Arrays.copyOfRange(values, r * width, (r + 1) * width)))
            .toArray(float[][]::new);
    int step = Math.max(1, Math.toIntExact(weight.rows()) / OUTPUTS);
    this.weight =
        IntStream.iterate(0, output -> output < weight.rows(), output -> output + step)
            .mapToObj(
                output -> {
                  float[] row = new float[width];
                  weight.readRow(output, row);
                  return row;
                })
            .toArray(float[][]::new);
  }

  /** Returns the largest absolute value of each channel of the input. // [inputs] */
  float[] largestInputs() {
    return largestByColumn(rows);
  }

  /** Returns the largest absolute value of the weight by channel of the input. // [inputs] */
  float[] largestWeights() {
    return largestByColumn(weight);
  }

  private static float[] largestByColumn(float[][] matrix) {
    float[] largest = new float[matrix.length == 0 ? 0 : matrix[0].length];
    for (float[] row : matrix) {
      for (int i = 0; i < row.length; i++) {
        largest[i] = Math.max(largest[i], Math.abs(row[i]));
      }
    }
    return largest;
  }

  /** Returns what the error depends on once the factors of a treatment are in both sides. */
  Scaled under(InputTreatment treatment) {
    int width = weight.length == 0 ? 0 : weight[0].length;
    float[] factors = treatment.factors(width);
    float[] inverse = new float[width];
    for (int i = 0; i < width; i++) {
      inverse[i] = 1 / factors[i];
    }
    for (int channel : treatment.apart()) {
      factors[channel] = 0f;
      inverse[channel] = 0f;
    }
    float step = 1f / range.largest();
    Ranges weights = Ranges.of(weight, inverse);
    return new Scaled(Ranges.of(rows, factors), weights.squaredSteps(step, step), weights.squares);
  }

  /**
   * Both sides with their factors.
   *
   * @param input the sample rows
   * @param weightSteps sum of the squared steps of the weight's rows
   * @param weightSquares sum of the squared values of the weight
   */
  record Scaled(Ranges input, double weightSteps, double weightSquares) {
    /** Returns the expected squared error of all outputs of all rows. */
    double at(int zeroPoint) {
      double inputSteps = input.squaredSteps(1f / (LARGEST_BYTE - zeroPoint), 1f / zeroPoint);
      return inputSteps * weightSquares + weightSteps * input.squares;
    }
  }

  /**
   * What a matrix spans.
   *
   * @param largest of each row, not below zero
   * @param smallest of each row, not above zero
   * @param squares sum over all values
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Ranges(float[] largest, float[] smallest, double squares) {
    static Ranges of(float[][] matrix, float[] factors) {
      float[] largest = new float[matrix.length];
      float[] smallest = new float[matrix.length];
      double squares = 0;
      for (int r = 0; r < matrix.length; r++) {
        float[] row = matrix[r];
        float rowSquares = 0;
        for (int i = 0; i < row.length; i++) {
          float value = row[i] * factors[i];
          largest[r] = Math.max(largest[r], value);
          smallest[r] = Math.min(smallest[r], value);
          rowSquares += value * value;
        }
        squares += rowSquares;
      }
      return new Ranges(largest, smallest, squares);
    }

    /** Returns the sum of the squared steps when so much of a step fits above and below zero. */
    double squaredSteps(float above, float below) {
      double sum = 0;
      for (int r = 0; r < largest.length; r++) {
        double step = Math.max(largest[r] * above, -smallest[r] * below);
        sum += step * step;
      }
      return sum;
    }
  }
}
