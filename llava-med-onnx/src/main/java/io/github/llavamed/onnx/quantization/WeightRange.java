package io.github.llavamed.onnx.quantization;

/** Which of the signed bytes 8-bit weights use. */
public enum WeightRange {
  /** −127 … 127. For processors that add products of bytes in 32 bits. */
  FULL(127),
  /**
   * −64 … 64. For processors that add two products of an unsigned and a signed byte in 16 bits: 2 ·
   * 255 · 64 = 32640 does not saturate there, 2 · 255 · 127 does.
   */
  REDUCED(64);

  private final int largest;

  WeightRange(int largest) {
    this.largest = largest;
  }

  /** Returns the largest absolute value. */
  public int largest() {
    return largest;
  }
}
