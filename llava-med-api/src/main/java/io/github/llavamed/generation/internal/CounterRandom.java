package io.github.llavamed.generation.internal;

/**
 * Random numbers that depend on a seed and two counters alone, not on what was drawn before.
 *
 * <p>Each number is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, 2014) over seed, stream and index in turn.
 *
 * @param seed any number
 * @param stream tells apart what is drawn by one seed
 */
public record CounterRandom(long seed, long stream) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  /** Returns a number of 53 random bits in 0 inclusive … 1 exclusive. */
  public double uniform(long index) {
    long key = mix(mix(seed + GOLDEN_GAMMA) + stream * GOLDEN_GAMMA);
    return (mix(key + (index + 1) * GOLDEN_GAMMA) >>> 11) * UNIT;
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
