package io.github.llavamed.metric;

import java.util.List;

/**
 * What a metric may know beyond one pair: the closed list of answers of the training data.
 * Immutable.
 *
 * @param candidates in file order; empty if the data set has none
 */
public record MetricContext(List<String> candidates) {
  /** The context of a data set without candidate answers. */
  public static final MetricContext NONE = new MetricContext(List.of());

  /** Copies the list. */
  public MetricContext {
    candidates = List.copyOf(candidates);
  }
}
