package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.Arrays;
import java.util.List;

/**
 * Forbids ids that would complete a run of n ids which occurred, {@code
 * NoRepeatNGramLogitsProcessor} of transformers.
 *
 * <p>Immutable; safe for concurrent use.
 */
public final class NoRepeatNgram implements LogitsProcessor {
  private final int size;
  private final ContextIds context;

  /**
   * Makes a rule that sees these ids before the answer's.
   *
   * @param size of the run, ≥ 1
   */
  public NoRepeatNgram(int size, List<Integer> before) {
    this.size = size;
    this.context = new ContextIds(before);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    int[] ids = context.with(history);
    int tail = ids.length - (size - 1);
    for (int i = 0; i + size <= ids.length; i++) {
      int last = ids[i + size - 1];
      boolean completes = Arrays.equals(ids, i, i + size - 1, ids, tail, ids.length);
      if (completes && last >= 0 && last < logits.length) {
        logits[last] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
