package io.github.llavamed.metric;

/** What a protocol does with a metric for which no question counts. */
public enum EmptyGroup {
  /** The evaluation fails; the original programs divide by zero. */
  FAIL,
  /** The score is 0. */
  ZERO,
  /** The metric is left out of the report. */
  OMIT
}
