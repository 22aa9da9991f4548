package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.quantization.Int8Blocks;
import java.util.Arrays;

/**
 * Eight bits around the middle of all codes.
 *
 * @param blocks how weights are rounded
 */
public record Int8BlockRounding(Int8Blocks blocks) implements BlockRounding {
  @Override
  public Precision precision() {
    return Precision.INT8_BLOCKS;
  }

  @Override
  public int bits() {
    return 8;
  }

  @Override
  public int blockSize() {
    return blocks.blockSize();
  }

  @Override
  public int zeroPointBytes(int perRow) {
    return 0;
  }

  @Override
  public void round(
      float[] row, float[] importance, BlockMatrix target, int output, String origin) {
    Int8Blocks.Row rounded = Int8Blocks.Row.allocate(row.length, blockSize());
    blocks.quantize(row, rounded, origin);
    int perRow = rounded.scales().length;
    System.arraycopy(rounded.scales(), 0, target.scales(), output * perRow, perRow);
    int first = output * perRow * blockSize();
    System.arraycopy(rounded.codes(), 0, target.codes(), first, row.length);
    int end = first + perRow * blockSize(); // What fills up the last block is zero.
    Arrays.fill(target.codes(), first + row.length, end, (byte) Int8Blocks.ZERO);
  }
}
