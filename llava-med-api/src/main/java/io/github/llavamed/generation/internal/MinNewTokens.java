package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.Set;

/**
 * Forbids the end of an answer that is too short, {@code MinNewTokensLengthLogitsProcessor} of
 * transformers.
 *
 * @param count number of new ids before an end id can come
 * @param endIds ids that end an answer
 */
public record MinNewTokens(int count, Set<Integer> endIds) implements LogitsProcessor {
  /** Copies the set. */
  public MinNewTokens {
    endIds = Set.copyOf(endIds);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    if (history.size() < count) {
      for (int id : endIds) {
        if (id >= 0 && id < logits.length) { // configurations hold ids that no model has
          logits[id] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }
}
