package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.Arrays;

/**
 * Forbids all but the k most probable tokens and those equal to the last of them, {@code
 * TopKLogitsWarper} of transformers.
 *
 * @param k ≥ 1
 */
public record TopK(int k) implements LogitsProcessor {
  @Override
  public void process(float[] logits, TokenHistory history) {
    if (k >= logits.length) {
      return;
    }
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    float smallest = sorted[sorted.length - k];
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] < smallest) {
        logits[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
