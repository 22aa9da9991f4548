package io.github.llavamed.metric;

/**
 * An interval around a score, in the unit of the score. Immutable.
 *
 * @param lower lower end
 * @param upper upper end, not less than {@code lower}
 * @param level share of the resamples inside, for example 0.95
 */
public record ConfidenceInterval(double lower, double upper, double level) {
  /** Checks order and level. */
  public ConfidenceInterval {
    if (!(lower <= upper) || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "confidence interval: expected lower <= upper and a level between 0 and 1, found ["
              + lower
              + ", "
              + upper
              + "] at "
              + level);
    }
  }
}
