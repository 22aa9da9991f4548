package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.BitSet;
import java.util.List;

/**
 * Makes ids that occurred less probable, {@code RepetitionPenaltyLogitsProcessor} of transformers.
 *
 * <p>Immutable; safe for concurrent use.
 */
public final class RepetitionPenalty implements LogitsProcessor {
  private final float penalty;
  private final ContextIds context;

  /** Makes a penalty that sees these ids before the answer's; ids without a logit do not count. */
  public RepetitionPenalty(double penalty, List<Integer> before) {
    this.penalty = (float) penalty;
    this.context = new ContextIds(before);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    BitSet seen = new BitSet(logits.length);
    for (int id : context.with(history)) {
      // Once, however often the id occurred.
      if (id >= 0 && id < logits.length && !seen.get(id)) {
        seen.set(id);
        logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
      }
    }
  }
}
