package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.List;
import java.util.Set;

/**
 * Forbids ids that would complete one of several sequences, {@code NoBadWordsLogitsProcessor} of
 * transformers.
 *
 * <p>Immutable; safe for concurrent use.
 */
public final class BannedSequences implements LogitsProcessor {
  private final List<int[]> sequences;
  private final ContextIds context;

  /**
   * Makes a rule that sees these ids before the answer's.
   *
   * @param sequences none empty; one that is just an end id is ignored, as there
   */
  public BannedSequences(List<int[]> sequences, List<Integer> before, Set<Integer> endIds) {
    this.sequences =
        sequences.stream()
            .filter(ids -> ids.length != 1 || !endIds.contains(ids[0]))
            .map(int[]::clone)
            .toList();
    this.context = new ContextIds(before);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    int[] ids = context.with(history);
    for (int[] sequence : sequences) {
      int last = sequence[sequence.length - 1];
      if (last < logits.length
          && ContextIds.endsWith(ids, ids.length, sequence, sequence.length - 1)) {
        logits[last] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
