package io.github.llavamed.demo.phantom;

import java.util.List;

/**
 * Draws the numbers of a phantom: SplitMix64, the algorithm of {@link java.util.SplittableRandom}.
 *
 * <p>Equal seeds give equal numbers on every machine. Confined to one thread.
 */
public final class PhantomRandom {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final int UNUSED_BITS = 11;
  private static final double UNIT = 0x1p-53;
  private static final int FIELD_MASK = 0xffff;
  private static final double FIELDS = 65536;

  private long state;

  /** Creates a generator; any seed is good. */
  public PhantomRandom(long seed) {
    this.state = seed;
  }

  /** Returns the next 64 bits. */
  public long next() {
    state += GAMMA;
    return mix(state);
  }

  /** Returns a number from {@code from} to below {@code to}. */
  public double uniform(double from, double to) {
    return from + (to - from) * ((next() >>> UNUSED_BITS) * UNIT);
  }

  /** Returns a whole number from 0 to below {@code bound}. */
  public int index(int bound) {
    return (int) (uniform(0, 1) * bound);
  }

  /** Returns true with the given probability. */
  public boolean chance(double probability) {
    return uniform(0, 1) < probability;
  }

  /** Returns one of the elements, each as probable as the others. */
  public <T> T pick(List<T> elements) {
    return elements.get(index(elements.size()));
  }

  /** Returns the {@code number}-th bits of a seed without those before; numbers count from 1. */
  static long hash(long seed, long number) {
    return mix(seed + number * GAMMA);
  }

  /** Returns a number of mean 0 and variance 1 that is nearly normal: the sum of four uniforms. */
  static double normal(long bits) {
    long sum = 0;
    for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
      sum += (bits >>> shift) & FIELD_MASK;
    }
    return (sum / FIELDS - 2) * Math.sqrt(3);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
