package io.github.llavamed.eval.statistics;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.metric.ProtocolMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One metric of two models on the same questions. Immutable.
 *
 * @param key the metric's key in the protocol
 * @param questions questions that count for both models
 * @param firstPercent mean of the first model × 100
 * @param secondPercent mean of the second model × 100
 * @param bootstrap the difference second − first as a share, with interval and p-value
 * @param mcNemar the test of right and wrong, or null for a metric with other scores than 0 and 1
 */
public record Comparison(
    String key,
    int questions,
    double firstPercent,
    double secondPercent,
    PairedBootstrap bootstrap,
    @Nullable McNemar mcNemar) {
  /**
   * Compares two models metric by metric; metrics without common questions are left out.
   *
   * @throws EvaluationException if questions or protocols differ
   */
  public static List<Comparison> of(
      ScoredAnswers first, ScoredAnswers second, BootstrapConfig config) {
    if (!first.samples().equals(second.samples())
        || !first.protocol().name().equals(second.protocol().name())) {
      throw new EvaluationException(
          "comparison: expected the same questions and protocol, found "
              + first.samples().size()
              + " questions under "
              + first.protocol().name()
              + " and "
              + second.samples().size()
              + " under "
              + second.protocol().name());
    }
    List<Comparison> rows = new ArrayList<>();
    for (ProtocolMetric metric : first.protocol().metrics()) {
      double[] a = first.values(metric.key());
      double[] b = second.values(metric.key());
      int[] common =
          IntStream.range(0, a.length)
              .filter(i -> !Double.isNaN(a[i]) && !Double.isNaN(b[i]))
              .toArray();
      if (common.length > 0) {
        rows.add(row(metric.key(), take(a, common), take(b, common), config));
      }
    }
    return rows;
  }

  private static Comparison row(String key, double[] a, double[] b, BootstrapConfig config) {
    boolean binary =
        IntStream.range(0, a.length)
            .allMatch(i -> McNemar.isBinary(a[i]) && McNemar.isBinary(b[i]));
    return new Comparison(
        key,
        a.length,
        mean(a) * 100,
        mean(b) * 100,
        PairedBootstrap.of(a, b, config),
        binary ? McNemar.of(a, b) : null);
  }

  private static double[] take(double[] values, int[] positions) {
    return IntStream.of(positions).mapToDouble(position -> values[position]).toArray();
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
