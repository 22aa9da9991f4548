package io.github.llavamed.training;

/** How the learning rate goes after the warm-up. */
public enum LrSchedulerType {
  /** Half a cosine down to 0. */
  COSINE,
  /** A straight line down to 0. */
  LINEAR,
  /** Stays at the peak. */
  CONSTANT
}
