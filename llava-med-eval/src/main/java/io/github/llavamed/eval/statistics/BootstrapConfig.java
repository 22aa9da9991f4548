package io.github.llavamed.eval.statistics;

/**
 * Settings of the bootstrap. Immutable.
 *
 * @param seed start of the random numbers; the same seed gives the same interval
 * @param resamples number of resamples, at least 1
 * @param level share of the resamples inside the interval, between 0 and 1
 */
public record BootstrapConfig(long seed, int resamples, double level) {
  /** Seed 0, 10,000 resamples, 95 %. */
  public static final BootstrapConfig DEFAULT = new BootstrapConfig(0, 10_000, 0.95);

  /** Checks the ranges. */
  public BootstrapConfig {
    if (resamples < 1 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "bootstrap: expected at least 1 resample and a level between 0 and 1, found "
              + resamples
              + " and "
              + level);
    }
  }

  /** Returns a copy with another seed. */
  public BootstrapConfig withSeed(long changed) {
    return new BootstrapConfig(changed, resamples, level);
  }
}
