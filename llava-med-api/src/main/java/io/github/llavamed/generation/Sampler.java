package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.GreedySampler;

/** Chooses the next token from its logits. */
@FunctionalInterface
public interface Sampler {
  /**
   * Returns the id of the next token.
   *
   * @param logits at least one, none of them NaN; not changed // [v]
   * @throws IllegalArgumentException if there are no logits or one is NaN
   */
  int next(float[] logits);

  /**
   * Returns the sampler that takes the largest logit, the lowest id among equals as {@code
   * torch.argmax} does on the CPU. Safe for concurrent use.
   */
  static Sampler greedy() {
    return GreedySampler.INSTANCE;
  }
}
