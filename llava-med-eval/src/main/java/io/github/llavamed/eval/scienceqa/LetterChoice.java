package io.github.llavamed.eval.scienceqa;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Turns letters into indices of choices; unreadable ones become a random index or none.
 *
 * <p>Confined to one thread; deterministic for a seed.
 */
public final class LetterChoice {
  /** The letters of the original. */
  public static final List<String> DEFAULT_OPTIONS = List.of("A", "B", "C", "D", "E");

  /** The index of an unreadable letter that counts as wrong. */
  public static final int WRONG = -1;

  private final List<String> options;
  private final boolean randomly;
  private final long seed;
  private final SplittableRandom random;

  /**
   * Creates a choice.
   *
   * @param options letters in the order of the choices
   * @param quirks {@link EvaluationQuirk#RANDOM_LETTER} decides about unreadable letters
   * @param seed start of the random numbers
   */
  public LetterChoice(List<String> options, EvaluationQuirks quirks, long seed) {
    this.options = List.copyOf(options);
    this.randomly = quirks.keeps(EvaluationQuirk.RANDOM_LETTER);
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /** Returns how letters are read, by name, for the record of a result. */
  public Map<String, String> settings() {
    return randomly
        ? Map.of("options", options.toString(), "unreadable", "random", "seed", Long.toString(seed))
        : Map.of("options", options.toString(), "unreadable", "wrong");
  }

  /** Returns the index of a letter among the first choices; one draw a call. */
  int index(String letter, int choices, String where) {
    int index = options.subList(0, Math.min(choices, options.size())).indexOf(letter);
    if (index >= 0) {
      return index;
    }
    if (choices < 1) {
      throw new EvaluationException(where + ": expected at least one choice, found none");
    }
    return randomly ? random.nextInt(choices) : WRONG;
  }

  /** Returns the letter of the right choice. */
  String letter(int answer, String where) {
    if (answer < 0 || answer >= options.size()) {
      throw new EvaluationException(
          where
              + ": expected an answer index of 0 to "
              + (options.size() - 1)
              + ", found "
              + answer);
    }
    return options.get(answer);
  }
}
