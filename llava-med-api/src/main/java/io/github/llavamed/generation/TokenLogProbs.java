package io.github.llavamed.generation;

import java.util.List;

/**
 * How probable the model found a token of the answer, and which ones it found most probable there.
 * Immutable.
 *
 * <p>Log-softmax over all logits as the model gave them, before any penalty, temperature or filter.
 *
 * @param id the token of the answer
 * @param logProb natural logarithm of its probability
 * @param top the most probable tokens, best first; of equals the lower id is first
 */
public record TokenLogProbs(int id, double logProb, List<IdLogProb> top) {
  /** Copies the list. */
  public TokenLogProbs {
    top = List.copyOf(top);
  }
}
