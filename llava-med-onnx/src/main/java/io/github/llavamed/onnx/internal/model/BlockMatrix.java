package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import java.util.stream.IntStream;

/**
 * A weight in blocks as the block kernels want it, and its columns kept apart.
 *
 * @param codes the rounded weights, of four bits two per byte, the first in the low half //
 *     [outputs, blocks, blockSize * bits / 8]
 * @param scales one per block // [outputs, blocks]
 * @param zeroPoints of four bits two per byte, the first in the low half; none where they are the
 *     middle of all codes // [outputs, (blocks + 1) / 2]
 * @param apart the float weights of the channels kept apart // [channels, outputs]
 */
@SuppressWarnings("ArrayRecordComponent")
record BlockMatrix(byte[] codes, float[] scales, byte[] zeroPoints, float[] apart) {
  /**
   * Rounds a weight, with all cores.
   *
   * @param weight one row per output, with the input's treatment in it // [outputs, inputs]
   * @param channels input channels kept apart, ascending
   * @param importance weight of each input channel's squared error // [inputs]
   */
  static BlockMatrix of(
      RowSource weight, int[] channels, float[] importance, BlockRounding rounding) {
    int outputs = Math.toIntExact(weight.rows());
    int perRow = (weight.columns() + rounding.blockSize() - 1) / rounding.blockSize();
    int blockBytes = rounding.blockSize() * rounding.bits() / 8;
    BlockMatrix matrix =
        new BlockMatrix(
            new byte[Math.multiplyExact(outputs, perRow * blockBytes)],
            new float[Math.multiplyExact(outputs, perRow)],
            new byte[Math.multiplyExact(outputs, rounding.zeroPointBytes(perRow))],
            new float[Math.multiplyExact(outputs, channels.length)]);
    IntStream.range(0, outputs)
        .parallel()
        .forEach(
            output -> {
              float[] row = matrix.takeApart(weight, channels, output);
              rounding.round(row, importance, matrix, output, weight.origin(output));
            });
    return matrix;
  }

  /** Returns a row of the weight with zeros for the channels kept apart, which it stores. */
  private float[] takeApart(RowSource weight, int[] channels, int output) {
    float[] row = new float[weight.columns()];
    weight.readRow(output, row);
    int outputs = Math.toIntExact(weight.rows());
    for (int c = 0; c < channels.length; c++) {
      apart[c * outputs + output] = row[channels[c]];
      row[channels[c]] = 0f;
    }
    return row;
  }
}
