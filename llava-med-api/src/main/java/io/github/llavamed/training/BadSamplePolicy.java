package io.github.llavamed.training;

/** What happens to a sample that cannot be used: unreadable image, unknown role. */
public enum BadSamplePolicy {
  /** The run ends with an error that names the sample. */
  FAIL,
  /** The sample is left out of its batch; the listener is told. */
  SKIP
}
