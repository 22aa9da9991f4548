package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;

/**
 * Forbids all but the smallest set of most probable tokens that reach a joint probability, {@code
 * TopPLogitsWarper} of transformers.
 *
 * <p>As there, tokens go from the least probable on while all that went have at most {@code 1 - p}
 * together; of equals the lower id goes first.
 *
 * @param p above 0, at most 1
 * @param minTokensToKeep so many stay in any case
 */
public record TopP(double p, int minTokensToKeep) implements LogitsProcessor {
  @Override
  public void process(float[] logits, TokenHistory history) {
    int[] ascending = Ranking.ascending(logits);
    double[] probabilities = Probabilities.softmax(logits); // [v]
    double gone = 0;
    for (int i = 0; i < ascending.length - minTokensToKeep; i++) {
      gone += probabilities[ascending[i]];
      if (gone > 1 - p) {
        return;
      }
      logits[ascending[i]] = Float.NEGATIVE_INFINITY;
    }
  }
}
