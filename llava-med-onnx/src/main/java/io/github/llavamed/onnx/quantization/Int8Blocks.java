package io.github.llavamed.onnx.quantization;

/**
 * Rounds rows of weights to bytes with one scale per block.
 *
 * <p>The scale is that of the block's largest absolute value, so nothing is clipped and each value
 * is off by at most half a scale.
 *
 * @param blockSize values that share a scale
 */
public record Int8Blocks(int blockSize) {
  /** The code of zero. */
  public static final int ZERO = 128;

  private static final int LARGEST = 127;

  /**
   * A rounded row: value ≈ (code − {@value #ZERO}) · scale.
   *
   * @param codes one unsigned byte per value
   * @param scales one per block, above 0
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Row(byte[] codes, float[] scales) {
    /** Creates an empty row for a number of values in blocks of a size. */
    public static Row allocate(int count, int blockSize) {
      return new Row(new byte[count], new float[(count + blockSize - 1) / blockSize]);
    }
  }

  /**
   * Rounds one row.
   *
   * @param values the row
   * @param target receives the result
   * @param origin where the row comes from, for messages
   * @throws NonFiniteWeightException if a value is not finite
   */
  public void quantize(float[] values, Row target, String origin) {
    int count = target.codes().length;
    FiniteRows.largest(values, count, origin);
    for (int block = 0; block < target.scales().length; block++) {
      int first = block * blockSize;
      int end = Math.min(first + blockSize, count);
      float scale = scale(values, first, end);
      float inverse = Math.min(Float.MAX_VALUE, 1f / scale);
      target.scales()[block] = scale;
      for (int i = first; i < end; i++) {
        int rounded = FiniteRows.round(values[i] * inverse);
        target.codes()[i] = (byte) (ZERO + Math.max(-LARGEST, Math.min(LARGEST, rounded)));
      }
    }
  }

  /** Returns 1 for a block of zeros, or of values too small to divide by. */
  private static float scale(float[] values, int first, int end) {
    float largest = 0f;
    for (int i = first; i < end; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    float scale = largest / LARGEST;
    return scale < Float.MIN_NORMAL ? 1f : scale;
  }
}
