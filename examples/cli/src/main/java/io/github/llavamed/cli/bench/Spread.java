package io.github.llavamed.cli.bench;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The middle and the ends of repeated measurements.
 *
 * @param median of an even number of values, the mean of the two in the middle
 */
public record Spread(double median, double min, double max) {
  /** Sums up values, at least one. */
  static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Returns rates for times, for example tokens per second for milliseconds per token. */
  public Spread falling(DoubleUnaryOperator decreasing) {
    return new Spread(
        decreasing.applyAsDouble(median),
        decreasing.applyAsDouble(max),
        decreasing.applyAsDouble(min));
  }
}
