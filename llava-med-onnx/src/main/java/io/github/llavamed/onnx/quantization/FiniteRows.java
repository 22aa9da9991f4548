package io.github.llavamed.onnx.quantization;

/** What all quantisers do with a row before they round it. */
final class FiniteRows {
  /** 1.5 · 2²³: adding it leaves no bits for a fraction, so the sum is rounded to even. */
  private static final float ROUNDER = 12582912f;

  private FiniteRows() {}

  /** Returns the largest absolute value of a row, or says where it is not finite. */
  static float largest(float[] values, int count, String origin) {
    float largest = 0f;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(values[i])); // Keeps NaN.
    }
    if (!Float.isFinite(largest)) {
      refuse(values, count, origin);
    }
    return largest;
  }

  private static void refuse(float[] values, int count, String origin) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NonFiniteWeightException(origin, i, values[i]);
      }
    }
  }

  /** Rounds a value of magnitude below 2²² to the nearest integer, halves to even. */
  static int round(float value) {
    return (int) whole(value);
  }

  /** The same as a float. */
  static float whole(float value) {
    return (value + ROUNDER) - ROUNDER;
  }
}
