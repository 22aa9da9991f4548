package io.github.llavamed.generation;

/**
 * How the next token is drawn. Immutable.
 *
 * @param temperature 0 takes the most probable token; above, logits are divided by it before a
 *     token is drawn, and only then the other settings count
 * @param topK number of most probable tokens that may be drawn, those equal to the last of them
 *     too; 0 for all
 * @param topP the smallest set of most probable tokens that together reach this probability may be
 *     drawn; 0 exclusive … 1, where 1 is all
 * @param minP tokens whose probability is below this part of the most probable one's may not be
 *     drawn; 0 … 1, where 0 is none
 * @param seed decides the draws: the same request with the same seed has the same answer, whatever
 *     runs beside it
 */
public record SamplingConfig(double temperature, int topK, double topP, double minP, long seed) {
  /**
   * Number of tokens that transformers draws from when nobody says otherwise, {@code top_k} in
   * {@code GenerationConfig}; so the original's programs do.
   */
  public static final int DEFAULT_TOP_K = 50;

  /** The most probable token; if a temperature is set, drawn as transformers does by default. */
  public static final SamplingConfig GREEDY = new SamplingConfig(0, DEFAULT_TOP_K, 1, 0, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is outside
   */
  public SamplingConfig {
    check("temperature", temperature >= 0 && temperature < Double.POSITIVE_INFINITY, temperature);
    check("topK", topK >= 0, topK);
    check("topP", topP > 0 && topP <= 1, topP);
    check("minP", minP >= 0 && minP <= 1, minP);
  }

  private static void check(String name, boolean inRange, double value) {
    if (!inRange) {
      String range =
          switch (name) {
            case "temperature" -> "0 (greedy) or a finite number above";
            case "topK" -> "0 (all) or more";
            case "topP" -> "above 0, at most 1";
            default -> "0 … 1";
          };
      throw new IllegalArgumentException("%s: expected %s, found %s".formatted(name, range, value));
    }
  }

  /** Returns whether tokens are drawn, not taken by rank. */
  public boolean isRandom() {
    return temperature > 0;
  }

  /** Returns these settings with another temperature. */
  public SamplingConfig withTemperature(double temperature) {
    return new SamplingConfig(temperature, topK, topP, minP, seed);
  }

  /** Returns these settings with another number of tokens. */
  public SamplingConfig withTopK(int topK) {
    return new SamplingConfig(temperature, topK, topP, minP, seed);
  }

  /** Returns these settings with another joint probability. */
  public SamplingConfig withTopP(double topP) {
    return new SamplingConfig(temperature, topK, topP, minP, seed);
  }

  /** Returns these settings with another smallest relative probability. */
  public SamplingConfig withMinP(double minP) {
    return new SamplingConfig(temperature, topK, topP, minP, seed);
  }

  /** Returns these settings with another seed. */
  public SamplingConfig withSeed(long seed) {
    return new SamplingConfig(temperature, topK, topP, minP, seed);
  }
}
