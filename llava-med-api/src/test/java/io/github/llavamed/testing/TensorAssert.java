package io.github.llavamed.testing;

import java.util.Locale;

/** Compares float arrays within a tolerance and names the first differences with their index. */
public final class TensorAssert {
  private static final int SHOWN = 5;

  private TensorAssert() {}

  /**
   * Asserts equal length and {@code |actual - expected| ≤ atol + rtol * |expected|} everywhere; NaN
   * equals NaN.
   */
  public static void isCloseTo(
      String what, float[] actual, float[] expected, double atol, double rtol) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          what + ": expected " + expected.length + " values, found " + actual.length);
    }
    StringBuilder differences = new StringBuilder();
    int count = 0;
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      boolean same =
          Float.compare(actual[i], expected[i]) == 0
              || difference <= atol + rtol * Math.abs(expected[i]);
      if (!same) {
        worst = Double.isNaN(difference) ? difference : Math.max(worst, difference);
        if (count++ < SHOWN) {
          differences.append(
              String.format(
                  Locale.ROOT, "%n  [%d] expected %s, found %s", i, expected[i], actual[i]));
        }
      }
    }
    if (count > 0) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: %d of %d values differ by more than %s + %s * |expected|, worst %s:%s",
              what,
              count,
              actual.length,
              atol,
              rtol,
              worst,
              differences));
    }
  }
}
