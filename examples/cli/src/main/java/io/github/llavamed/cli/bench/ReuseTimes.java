package io.github.llavamed.cli.bench;

/**
 * How long whole answers take through the public interface, in milliseconds: image, prompt and
 * {@value #ANSWER_TOKENS} tokens, text included.
 *
 * @param promptTokens positions of a question's prompt, its image's included
 * @param newTokens positions of the second question's prompt that were not kept from the first
 * @param alone one question, of which nothing was seen before
 * @param second the second of two questions about one image that are asked together, from when its
 *     prompt begins until both answers are there
 * @param together all {@value #QUESTIONS}, image included
 */
public record ReuseTimes(
    int promptTokens, int newTokens, Spread alone, Spread second, Spread together) {
  /** Tokens of every answer. */
  public static final int ANSWER_TOKENS = 5;

  /** Questions about one image. */
  public static final int QUESTIONS = 10;

  /** Returns the second question's time in percent of one asked alone. */
  public double secondPercent() {
    return 100 * second.median() / alone.median();
  }

  /** Returns how many times as many questions are answered in a time than one by one. */
  public double speedup() {
    return QUESTIONS * alone.median() / together.median();
  }
}
