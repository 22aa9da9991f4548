package io.github.llavamed.training;

/** What happens to a sample that cannot be used: unreadable image, no answer, unknown role. */
public enum BadSamplePolicy {
  /** The run ends with an error that names the sample. */
  FAIL,
  /** The sample is left out of its batch; the listener is told. */
  SKIP,
  /**
   * A random other sample takes its place, as in the original; drawn from the run's seed, and the
   * listener is told.
   */
  RANDOM
}
