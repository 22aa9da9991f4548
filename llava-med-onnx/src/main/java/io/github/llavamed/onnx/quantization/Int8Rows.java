package io.github.llavamed.onnx.quantization;

import java.util.Arrays;

/**
 * Rounds rows of weights to signed bytes with one scale per row.
 *
 * <p>The scale is that of the largest absolute value, so nothing is clipped and each value is off
 * by at most half a scale.
 *
 * @param range which bytes are used
 */
public record Int8Rows(WeightRange range) {
  /**
   * Rounds one row.
   *
   * @param values the row
   * @param count number of values, from index 0 on
   * @param target receives {@code count} bytes from index 0 on
   * @param origin where the row comes from, for messages
   * @return the scale: value ≈ byte · scale; 1 for a row of zeros
   * @throws NonFiniteWeightException if a value is not finite
   */
  public float quantize(float[] values, int count, byte[] target, String origin) {
    float largest = FiniteRows.largest(values, count, origin);
    float scale = largest / range.largest();
    if (scale < Float.MIN_NORMAL) { // All zero, or too small to divide by.
      Arrays.fill(target, 0, count, (byte) 0);
      return 1f;
    }
    float inverse = 1f / scale;
    if (Float.isInfinite(inverse)) {
      inverse = Float.MAX_VALUE;
    }
    for (int i = 0; i < count; i++) {
      int rounded = FiniteRows.round(values[i] * inverse);
      target[i] = (byte) Math.max(-range.largest(), Math.min(range.largest(), rounded));
    }
    return scale;
  }
}
