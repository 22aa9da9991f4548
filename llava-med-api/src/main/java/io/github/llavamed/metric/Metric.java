package io.github.llavamed.metric;

import java.util.OptionalDouble;

/**
 * Rates one answer against its reference.
 *
 * <p>Found by {@link java.util.ServiceLoader}; implementations have a public no-argument
 * constructor, are immutable and safe for concurrent use.
 */
public interface Metric {
  /** Returns the name that users type, in kebab case; unique, never blank. */
  String id();

  /**
   * Returns the score, from 0 (worst) to 1 (best) unless the implementation says otherwise; empty
   * if the pair does not count in the mean.
   */
  OptionalDouble score(AnswerPair pair);

  /** Returns whether the candidate answers must be read for {@link #forData}. */
  default boolean needsCandidates() {
    return false;
  }

  /**
   * Returns the metric to use on one data set, called once before scoring; this metric itself
   * unless it needs the candidate answers.
   *
   * @throws io.github.llavamed.error.LlavaMedException if the metric needs something that the
   *     context lacks
   */
  default Metric forData(MetricContext context) {
    return this;
  }
}
