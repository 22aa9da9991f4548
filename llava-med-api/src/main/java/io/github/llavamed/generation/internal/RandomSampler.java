package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.Sampler;

/** Draws an id by its probability. Serves one answer; confined to one thread. */
public final class RandomSampler implements Sampler {
  private final CounterRandom random;
  private long drawn;

  /** Makes a sampler that begins with the first number. */
  public RandomSampler(CounterRandom random) {
    this.random = random;
  }

  @Override
  public int next(float[] logits) {
    double[] probabilities = Probabilities.softmax(logits); // [v]
    return draw(probabilities, random.uniform(drawn++));
  }

  /**
   * Returns the first id at which the cumulated probability exceeds a part of their sum.
   *
   * @param probabilities ≥ 0, in any scale; if all are 0 the first id is drawn
   * @param uniform 0 … 1, exclusive
   */
  static int draw(double[] probabilities, double uniform) {
    double total = 0;
    for (double probability : probabilities) {
      total += probability;
    }
    double left = uniform * total;
    int last = 0;
    for (int id = 0; id < probabilities.length; id++) {
      if (probabilities[id] > 0) {
        last = id;
        left -= probabilities[id];
        if (left < 0) {
          return id;
        }
      }
    }
    return last; // rounding may leave a rest
  }
}
