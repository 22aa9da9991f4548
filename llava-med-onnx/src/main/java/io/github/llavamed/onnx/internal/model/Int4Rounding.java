package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.quantization.Int4Blocks;

/**
 * Four bits with searched scales and zero points.
 *
 * @param blocks how weights are rounded
 */
public record Int4Rounding(Int4Blocks blocks) implements BlockRounding {
  @Override
  public Precision precision() {
    return Precision.INT4;
  }

  @Override
  public int bits() {
    return 4;
  }

  @Override
  public int blockSize() {
    return blocks.blockSize();
  }

  @Override
  public int zeroPointBytes(int perRow) {
    return (perRow + 1) / 2;
  }

  @Override
  public void round(
      float[] row, float[] importance, BlockMatrix target, int output, String origin) {
    Int4Blocks.Row rounded = Int4Blocks.Row.allocate(row.length, blockSize());
    blocks.quantize(row, importance, rounded, origin);
    int perRow = rounded.scales().length;
    System.arraycopy(rounded.scales(), 0, target.scales(), output * perRow, perRow);
    pack(rounded.zeroPoints(), target.zeroPoints(), output * zeroPointBytes(perRow));
    pack(rounded.codes(), target.codes(), output * perRow * (blockSize() / 2));
  }

  private static void pack(byte[] halves, byte[] target, int first) {
    for (int i = 0; i < halves.length; i++) {
      target[first + i / 2] |= (byte) (halves[i] << (i % 2 * 4));
    }
  }
}
