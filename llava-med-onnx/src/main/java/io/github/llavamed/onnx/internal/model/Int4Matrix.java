package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.quantization.Int4Blocks;
import java.util.stream.IntStream;

/**
 * A weight in four bits as the block kernels want it, and its columns kept apart.
 *
 * @param codes two per byte, the first in the low half // [outputs, blocks, blockSize / 2]
 * @param scales one per block // [outputs, blocks]
 * @param zeroPoints two per byte, the first in the low half // [outputs, (blocks + 1) / 2]
 * @param apart the float weights of the channels kept apart // [channels, outputs]
 */
@SuppressWarnings("ArrayRecordComponent")
record Int4Matrix(byte[] codes, float[] scales, byte[] zeroPoints, float[] apart) {
  /**
   * Rounds a weight, with all cores.
   *
   * @param weight one row per output, with the input's treatment in it // [outputs, inputs]
   * @param channels input channels kept apart, ascending
   * @param importance weight of each input channel's squared error // [inputs]
   */
  static Int4Matrix of(RowSource weight, int[] channels, float[] importance, Int4Blocks blocks) {
    int outputs = Math.toIntExact(weight.rows());
    int perRow = (weight.columns() + blocks.blockSize() - 1) / blocks.blockSize();
    Int4Matrix matrix =
        new Int4Matrix(
            new byte[Math.multiplyExact(outputs, perRow * (blocks.blockSize() / 2))],
            new float[Math.multiplyExact(outputs, perRow)],
            new byte[Math.multiplyExact(outputs, (perRow + 1) / 2)],
            new float[Math.multiplyExact(outputs, channels.length)]);
    IntStream.range(0, outputs)
        .parallel()
        .forEach(output -> matrix.fill(weight, channels, importance, blocks, output));
    return matrix;
  }

  private void fill(
      RowSource weight, int[] channels, float[] importance, Int4Blocks blocks, int output) {
    int inputs = weight.columns();
    float[] row = new float[inputs];
    weight.readRow(output, row);
    int outputs = Math.toIntExact(weight.rows());
    for (int c = 0; c < channels.length; c++) {
      apart[c * outputs + output] = row[channels[c]];
      row[channels[c]] = 0f;
    }
    Int4Blocks.Row rounded = Int4Blocks.Row.allocate(inputs, blocks.blockSize());
    blocks.quantize(row, importance, rounded, weight.origin(output));
    int perRow = rounded.scales().length;
    System.arraycopy(rounded.scales(), 0, scales, output * perRow, perRow);
    pack(rounded.zeroPoints(), zeroPoints, output * ((perRow + 1) / 2));
    pack(rounded.codes(), codes, output * perRow * (blocks.blockSize() / 2));
  }

  private static void pack(byte[] halves, byte[] target, int first) {
    for (int i = 0; i < halves.length; i++) {
      target[first + i / 2] |= (byte) (halves[i] << (i % 2 * 4));
    }
  }
}
