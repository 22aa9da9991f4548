package io.github.llavamed.generation;

/**
 * Changes the logits before the next token is chosen from them: a penalty, a ban, a filter.
 *
 * <p>An instance belongs to one generation at a time unless it says otherwise.
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
