package io.github.llavamed.cli.bench;

/**
 * How much is measured.
 *
 * @param promptTokens positions of the prompt, ≥ 1; they hold an image if one fits
 * @param newTokens tokens decoded one at a time after the prompt, ≥ 1
 * @param repeats measured repeats, ≥ 1; one more goes before them and does not count
 */
public record BenchSettings(int promptTokens, int newTokens, int repeats) {
  /** Checks the ranges. */
  public BenchSettings {
    requirePositive("--prompt-tokens", promptTokens);
    requirePositive("--new-tokens", newTokens);
    requirePositive("--repeats", repeats);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected 1 or more, found " + value);
    }
  }
}
