package io.github.llavamed.eval.statistics;

import io.github.llavamed.metric.ConfidenceInterval;
import java.util.List;

/**
 * Bootstrap of the mean difference of two models on the same questions. Immutable.
 *
 * @param difference mean of second − first
 * @param interval interval of that mean
 * @param pValue two-sided: twice the smaller share of resamples on either side of 0, one added to
 *     both counts, at most 1
 */
public record PairedBootstrap(double difference, ConfidenceInterval interval, double pValue) {
  /**
   * Compares two equally long lists of scores.
   *
   * @throws IllegalArgumentException if the lengths differ or are 0
   */
  public static PairedBootstrap of(double[] first, double[] second, BootstrapConfig config) {
    if (first.length != second.length || first.length == 0) {
      throw new IllegalArgumentException(
          "paired bootstrap: expected equally many scores, at least one, found "
              + first.length
              + " and "
              + second.length);
    }
    double[] differences = new double[first.length];
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      differences[i] = second[i] - first[i];
      sum += differences[i];
    }
    double[] means = Bootstrap.resampledMeans(List.of(differences), config)[0];
    int below = 0;
    int above = 0;
    for (double mean : means) {
      below += mean <= 0 ? 1 : 0;
      above += mean >= 0 ? 1 : 0;
    }
    double p = 2.0 * (Math.min(below, above) + 1) / (means.length + 1);
    return new PairedBootstrap(
        sum / first.length, Bootstrap.interval(means, config.level(), 1), Math.min(1, p));
  }
}
