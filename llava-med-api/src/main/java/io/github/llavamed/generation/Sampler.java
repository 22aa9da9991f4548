package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.CounterRandom;
import io.github.llavamed.generation.internal.GreedySampler;
import io.github.llavamed.generation.internal.RandomSampler;

/** Chooses the next token from its logits. One sampler serves one answer. */
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

  /**
   * Returns a sampler that draws by the softmax of the logits. Confined to one thread.
   *
   * <p>The draws follow from the arguments alone, not from what else runs or was drawn.
   *
   * @param seed any number
   * @param answer number of the answer, so that several answers to one request differ
   */
  static Sampler random(long seed, int answer) {
    return new RandomSampler(new CounterRandom(seed, answer));
  }
}
