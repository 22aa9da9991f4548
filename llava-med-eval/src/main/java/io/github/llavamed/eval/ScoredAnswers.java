package io.github.llavamed.eval;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Every metric of a protocol for every answer: the raw material of means, intervals and tests.
 *
 * <p>Immutable.
 */
public final class ScoredAnswers {
  private final ScoringProtocol protocol;
  private final List<VqaSample> samples;
  private final Map<String, double[]> values;

  ScoredAnswers(ScoringProtocol protocol, List<VqaSample> samples, Map<String, double[]> values) {
    this.protocol = protocol;
    this.samples = List.copyOf(samples);
    this.values = new LinkedHashMap<>(values);
  }

  /** Returns the protocol. */
  public ScoringProtocol protocol() {
    return protocol;
  }

  /** Returns the questions, in order. */
  public List<VqaSample> samples() {
    return samples;
  }

  /**
   * Returns the scores of one metric, in the order of the questions; NaN where a question does not
   * count.
   *
   * @param key the metric's key in the protocol
   */
  public double[] values(String key) {
    double[] found = values.get(key);
    if (found == null) {
      throw new IllegalArgumentException(
          "metric: expected one of " + values.keySet() + ", found '" + key + "'");
    }
    return found.clone();
  }

  /** Returns the scores of one metric for the questions that count. */
  public double[] counted(String key) {
    return IntStream.range(0, samples.size())
        .mapToDouble(i -> values(key, i))
        .filter(value -> !Double.isNaN(value))
        .toArray();
  }

  private double values(String key, int index) {
    double[] found = values.get(key);
    return found == null ? Double.NaN : found[index];
  }

  /** Returns the number of questions of a kind. */
  public int count(AnswerKind kind) {
    return (int) samples.stream().filter(sample -> protocol.kindOf(sample) == kind).count();
  }

  /** Returns the number of questions that count for the first metric over a kind of question. */
  public int counted(AnswerKind kind) {
    for (ProtocolMetric metric : protocol.metrics()) {
      if (metric.kind() == kind) {
        return counted(metric.key()).length;
      }
    }
    return count(kind);
  }

  /** Returns the part with the questions at some positions. */
  ScoredAnswers part(List<Integer> positions) {
    Map<String, double[]> some = new LinkedHashMap<>();
    values.forEach(
        (key, all) ->
            some.put(key, positions.stream().mapToDouble(position -> all[position]).toArray()));
    return new ScoredAnswers(protocol, positions.stream().map(samples::get).toList(), some);
  }
}
