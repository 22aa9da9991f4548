package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;

/**
 * Forbids tokens that are much less probable than the most probable one, {@code MinPLogitsWarper}
 * of transformers.
 *
 * @param p smallest part of the largest probability, 0 … 1
 * @param minTokensToKeep so many most probable tokens stay in any case
 */
public record MinP(double p, int minTokensToKeep) implements LogitsProcessor {
  @Override
  public void process(float[] logits, TokenHistory history) {
    int[] ascending = Ranking.ascending(logits);
    float best = logits[ascending[ascending.length - 1]];
    for (int i = 0; i < ascending.length - minTokensToKeep; i++) {
      int id = ascending[i];
      // The quotient of two probabilities needs no sum.
      if (Math.exp((double) logits[id] - best) < p) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
