package io.github.llavamed.training;

/** How the learning rate goes, after a warm-up where there is one. */
public enum LrSchedulerType {
  /** Half a cosine down to 0. */
  COSINE,
  /** A straight line down to 0. */
  LINEAR,
  /** The peak from the first step on, without warm-up. */
  CONSTANT,
  /** Stays at the peak after the warm-up. */
  CONSTANT_WITH_WARMUP
}
