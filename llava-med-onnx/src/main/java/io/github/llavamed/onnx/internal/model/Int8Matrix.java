package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.quantization.Int8Rows;
import java.util.stream.IntStream;

/**
 * A weight in signed bytes, transposed as the integer kernels want it, and its columns kept apart.
 *
 * @param values one column per output, zero where an input channel is kept apart // [inputs,
 *     outputs]
 * @param scales one per output // [outputs]
 * @param apart the float weights of the channels kept apart, times {@link InputTreatment#FACTOR} //
 *     [channels, outputs]
 * @param sums sums of the bytes of each output // [outputs]
 */
@SuppressWarnings("ArrayRecordComponent")
record Int8Matrix(byte[] values, float[] scales, float[] apart, int[] sums) {
  /** Outputs that are rounded together: their bytes fill a cache line in the transposed matrix. */
  private static final int BLOCK = 64;

  /**
   * Rounds a weight, with all cores.
   *
   * @param weight one row per output, with the input's treatment in it // [outputs, inputs]
   * @param channels input channels kept apart, ascending
   */
  static Int8Matrix of(RowSource weight, int[] channels, Int8Rows rows) {
    int outputs = Math.toIntExact(weight.rows());
    int inputs = weight.columns();
    Int8Matrix matrix =
        new Int8Matrix(
            new byte[Math.multiplyExact(outputs, inputs)],
            new float[outputs],
            new float[Math.multiplyExact(outputs, channels.length)],
            new int[outputs]);
    IntStream.range(0, (outputs + BLOCK - 1) / BLOCK)
        .parallel()
        .forEach(block -> matrix.fill(weight, channels, rows, block * BLOCK));
    return matrix;
  }

  private void fill(RowSource weight, int[] channels, Int8Rows rows, int first) {
    int outputs = scales.length;
    int inputs = weight.columns();
    int count = Math.min(BLOCK, outputs - first);
    float[] row = new float[inputs];
    byte[][] rounded = new byte[count][inputs];
    for (int r = 0; r < count; r++) {
      int output = first + r;
      weight.readRow(output, row);
      for (int c = 0; c < channels.length; c++) {
        apart[c * outputs + output] = row[channels[c]] * InputTreatment.FACTOR;
        row[channels[c]] = 0f;
      }
      scales[output] = rows.quantize(row, inputs, rounded[r], weight.origin(output));
    }
    for (int r = 0; r < count; r++) {
      for (byte value : rounded[r]) {
        sums[first + r] += value;
      }
    }
    for (int i = 0; i < inputs; i++) {
      for (int r = 0; r < count; r++) {
        values[i * outputs + first + r] = rounded[r][i];
      }
    }
  }
}
