package io.github.llavamed.eval.statistics;

import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.ProtocolMetric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap of means.
 *
 * <p>Questions are drawn with replacement; the ends of the interval are quantiles of the means of
 * the resamples, interpolated linearly. Deterministic for a seed. Thread-safe.
 */
public final class Bootstrap {
  private Bootstrap() {}

  /**
   * Returns the interval of the mean of some values.
   *
   * @param values at least one
   */
  public static ConfidenceInterval mean(double[] values, BootstrapConfig config) {
    return interval(resampledMeans(List.of(values), config)[0], config.level(), 1);
  }

  /**
   * Returns the intervals, in percent, of all metrics for which a question counts, by key.
   *
   * <p>Metrics over the same questions share their resamples.
   */
  public static Map<String, ConfidenceInterval> intervals(
      ScoredAnswers scored, BootstrapConfig config) {
    Map<List<Integer>, List<String>> keysByQuestions = new LinkedHashMap<>();
    for (ProtocolMetric metric : scored.protocol().metrics()) {
      List<Integer> questions = countedPositions(scored.values(metric.key()));
      if (!questions.isEmpty()) {
        keysByQuestions.computeIfAbsent(questions, key -> new ArrayList<>()).add(metric.key());
      }
    }
    Map<String, ConfidenceInterval> intervals = new LinkedHashMap<>();
    for (List<String> keys : keysByQuestions.values()) {
      double[][] means = resampledMeans(keys.stream().map(scored::counted).toList(), config);
      for (int i = 0; i < keys.size(); i++) {
        intervals.put(keys.get(i), interval(means[i], config.level(), 100));
      }
    }
    return intervals;
  }

  private static List<Integer> countedPositions(double[] values) {
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        positions.add(i);
      }
    }
    return positions;
  }

  /**
   * Returns the means of each column over the resamples.
   *
   * @param columns equally long, at least one value each
   */
  static double[][] resampledMeans(List<double[]> columns, BootstrapConfig config) {
    int width = columns.size();
    int items = columns.get(0).length;
    if (items == 0) {
      throw new IllegalArgumentException("bootstrap: expected at least one value, found none");
    }
    double[] rows = new double[Math.multiplyExact(items, width)]; // [items, width]
    for (int c = 0; c < width; c++) {
      for (int i = 0; i < items; i++) {
        rows[i * width + c] = columns.get(c)[i];
      }
    }
    double[][] means = new double[width][config.resamples()];
    double[] sums = new double[width];
    SplittableRandom random = new SplittableRandom(config.seed());
    for (int r = 0; r < config.resamples(); r++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < items; i++) {
        int row = random.nextInt(items) * width;
        for (int c = 0; c < width; c++) {
          sums[c] += rows[row + c];
        }
      }
      for (int c = 0; c < width; c++) {
        means[c][r] = sums[c] / items;
      }
    }
    return means;
  }

  static ConfidenceInterval interval(double[] means, double level, double factor) {
    double[] sorted = means.clone();
    Arrays.sort(sorted);
    double tail = (1 - level) / 2;
    return new ConfidenceInterval(
        quantile(sorted, tail) * factor, quantile(sorted, 1 - tail) * factor, level);
  }

  private static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, sorted.length - 1);
    double lower = sorted[below];
    // Not lower·(1−t) + upper·t, which may leave the range by rounding.
    return lower + (position - below) * (sorted[above] - lower);
  }
}
