package io.github.llavamed.generation;

/**
 * Hears of an answer while it is made, on the thread that makes it.
 *
 * <p>What it throws ends the generation and reaches the caller.
 */
@FunctionalInterface
public interface GenerationListener {
  /**
   * Called before the first token, when the prompt has been read.
   *
   * @param promptTokens positions of the prompt, those of images included
   * @param reusedTokens how many of them were in the cache already
   */
  default void onPrompt(int promptTokens, int reusedTokens) {}

  /**
   * Called for each new token, in order.
   *
   * @param id the token
   * @param text the text that became certain with it, maybe empty: incomplete characters and what
   *     may turn out to be a stop string are held back. All pieces together are the answer's text
   */
  void onToken(int id, String text);

  /** Called once after the last token. */
  default void onFinish(FinishReason reason) {}

  /** Returns a listener that does nothing. */
  static GenerationListener none() {
    return (id, text) -> {};
  }
}
