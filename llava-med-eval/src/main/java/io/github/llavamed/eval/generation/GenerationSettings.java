package io.github.llavamed.eval.generation;

import org.jspecify.annotations.Nullable;

/**
 * How tokens are chosen, in the words of the original's command lines. Immutable.
 *
 * @param temperature 0 takes the most probable token; above, tokens are drawn
 * @param topP share of the probability that is drawn from, above 0 and at most 1; null for all
 * @param numBeams width of the search, at least 1
 * @param maxNewTokens longest answer, at least 1
 * @param seed start of the random numbers; every question gets its own, so that neither chunks nor
 *     an interruption change an answer
 */
public record GenerationSettings(
    double temperature, @Nullable Double topP, int numBeams, int maxNewTokens, long seed) {
  /** The settings of v1.0's programs, {@code llava/eval/model_vqa.py} at v1.0.0. */
  public static final GenerationSettings V1_0 = new GenerationSettings(0.7, null, 1, 1024, 0);

  /** The settings of v1.5's program, {@code llava/eval/model_vqa.py}. */
  public static final GenerationSettings V1_5 = new GenerationSettings(0.2, null, 1, 1024, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public GenerationSettings {
    check(
        temperature >= 0 && Double.isFinite(temperature), "temperature", "0 or more", temperature);
    check(topP == null || (topP > 0 && topP <= 1), "top_p", "above 0, at most 1", topP);
    check(numBeams >= 1, "num_beams", "1 or more", numBeams);
    check(maxNewTokens >= 1, "max_new_tokens", "1 or more", maxNewTokens);
  }

  private static void check(boolean holds, String name, String range, @Nullable Number found) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": expected " + range + ", found " + found);
    }
  }

  /** Returns a copy with another temperature. */
  public GenerationSettings withTemperature(double changed) {
    return new GenerationSettings(changed, topP, numBeams, maxNewTokens, seed);
  }

  /** Returns a copy with another share of the probability; null for all. */
  public GenerationSettings withTopP(@Nullable Double changed) {
    return new GenerationSettings(temperature, changed, numBeams, maxNewTokens, seed);
  }

  /** Returns a copy with another width of the search. */
  public GenerationSettings withNumBeams(int changed) {
    return new GenerationSettings(temperature, topP, changed, maxNewTokens, seed);
  }

  /** Returns a copy with another limit of the answer. */
  public GenerationSettings withMaxNewTokens(int changed) {
    return new GenerationSettings(temperature, topP, numBeams, changed, seed);
  }

  /** Returns a copy with another seed. */
  public GenerationSettings withSeed(long changed) {
    return new GenerationSettings(temperature, topP, numBeams, maxNewTokens, changed);
  }
}
