package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.Sampler;

/** Takes the largest logit. */
public enum GreedySampler implements Sampler {
  /** The only one: it has no state. */
  INSTANCE;

  @Override
  public int next(float[] logits) {
    if (logits.length == 0) {
      throw new IllegalArgumentException("no logits to choose from");
    }
    int best = 0;
    float largest = logits[0];
    for (int i = 0; i < logits.length; i++) {
      if (!(logits[i] <= largest)) { // Larger, or not a number: one comparison for both.
        if (Float.isNaN(logits[i])) {
          throw new IllegalArgumentException(
              "logit of id %d is NaN: weights or precision are broken".formatted(i));
        }
        best = i;
        largest = logits[i];
      }
    }
    return best;
  }
}
