package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;

/** Rounds weights to blocks of some number of bits. Safe for concurrent use. */
public sealed interface BlockRounding permits Int4Rounding, Int8BlockRounding {
  /** Returns the number format. */
  Precision precision();

  /** Returns the bits of a weight: 4 or 8. */
  int bits();

  /** Returns how many weights share a scale. */
  int blockSize();

  /** Returns the bytes that the zero points of a row of so many blocks take, 0 for none. */
  int zeroPointBytes(int blocks);

  /**
   * Rounds one row.
   *
   * @param row its values // [inputs]
   * @param importance weight of each value's squared error // [inputs]
   * @param target receives the result
   * @param output the row's index
   * @param origin where the row comes from, for messages
   */
  void round(float[] row, float[] importance, BlockMatrix target, int output, String origin);
}
