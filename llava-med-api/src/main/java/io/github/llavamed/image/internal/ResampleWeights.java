package io.github.llavamed.image.internal;

import java.util.Arrays;

/**
 * The integer weights of Pillow's bicubic filter along one axis.
 *
 * <p>Output pixel {@code o} is {@code sum(weight(o, i) * input[first(o) + i])} in units of {@code
 * 2^-22}. The kernel has a = -0.5 and is widened when the axis shrinks.
 */
final class ResampleWeights {
  /** Fraction bits of a weight; sums of 8-bit values stay within 32 bits. */
  static final int PRECISION_BITS = 22;

  private static final double SUPPORT = 2.0;

  private final int from;
  private final int[] first;
  private final int[] count;
  private final int[] weights;
  private final int stride;

  private ResampleWeights(int from, int outputs, int stride) {
    this.from = from;
    this.first = new int[outputs];
    this.count = new int[outputs];
    this.stride = stride;
    this.weights = new int[Math.multiplyExact(outputs, stride)];
  }

  /**
   * Computes the weights of the outputs {@code from} (inclusive) to {@code to} (exclusive) of an
   * axis that goes from {@code input} to {@code output} pixels.
   */
  static ResampleWeights of(int input, int output, int from, int to) {
    double scale = (double) input / output;
    double filterScale = Math.max(scale, 1.0);
    double support = SUPPORT * filterScale;
    double inverse = 1.0 / filterScale;
    int stride = Math.min(input, (int) Math.ceil(support) * 2 + 1);
    ResampleWeights result = new ResampleWeights(from, to - from, stride);
    double[] kernel = new double[stride];
    for (int o = from; o < to; o++) {
      double center = (o + 0.5) * scale;
      int low = Math.max(0, (int) (center - support + 0.5));
      int high = Math.min(input, (int) (center + support + 0.5));
      double sum = 0;
      for (int i = 0; i < high - low; i++) {
        kernel[i] = bicubic((i + low - center + 0.5) * inverse);
        sum += kernel[i];
      }
      result.put(o - from, low, high - low, kernel, sum);
    }
    return result;
  }

  /** Returns the first input pixel of an output. */
  int first(int output) {
    return first[output - from];
  }

  /** Returns the number of input pixels of an output. */
  int count(int output) {
    return count[output - from];
  }

  /** Returns a weight of an output. */
  int weight(int output, int i) {
    return weights[(output - from) * stride + i];
  }

  /** Returns the first input pixel that any output needs. */
  int low() {
    return Arrays.stream(first).min().orElse(0);
  }

  /** Returns the input pixel after the last one that any output needs. */
  int high() {
    int high = 0;
    for (int i = 0; i < first.length; i++) {
      high = Math.max(high, first[i] + count[i]);
    }
    return high;
  }

  private void put(int index, int low, int taps, double[] kernel, double sum) {
    first[index] = low;
    count[index] = taps;
    for (int i = 0; i < taps; i++) {
      double weight = sum != 0.0 ? kernel[i] / sum : kernel[i];
      double scaled = weight * (1 << PRECISION_BITS);
      weights[index * stride + i] = (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }

  private static double bicubic(double x) {
    double a = -0.5;
    double t = Math.abs(x);
    if (t < 1.0) {
      return ((a + 2.0) * t - (a + 3.0)) * t * t + 1;
    }
    if (t < 2.0) {
      return (((t - 5) * t + 8) * t - 4) * a;
    }
    return 0.0;
  }
}
