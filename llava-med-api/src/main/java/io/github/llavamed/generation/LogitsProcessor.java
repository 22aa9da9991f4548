package io.github.llavamed.generation;

/**
 * Changes the logits before the next token is chosen from them: a penalty, a ban, a filter.
 *
 * <p>An instance belongs to one generation at a time unless it says otherwise. Beam search and
 * several answers to one request call it with changing histories in turn: it must depend on nothing
 * else. In beam search the logits are log-probabilities.
 */
@FunctionalInterface
public interface LogitsProcessor {
  /**
   * Changes the logits in place.
   *
   * @param logits of the next position // [v]
   * @param history prompt and new tokens so far
   */
  void process(float[] logits, TokenHistory history);
}
