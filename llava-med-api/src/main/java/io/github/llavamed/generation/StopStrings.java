package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.internal.PythonText;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.Collection;
import java.util.List;

/**
 * The texts that end an answer: stops generation at them and cuts the text before them.
 *
 * @param strings none of them empty; maybe no text at all
 */
public record StopStrings(List<String> strings) {
  private static final StopStrings NONE = new StopStrings(List.of());

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if a text is empty: it would end every answer at once
   */
  public StopStrings {
    strings = List.copyOf(strings);
    requireNotEmpty(strings);
  }

  /** Returns no stop strings: only the end token stops. */
  public static StopStrings none() {
    return NONE;
  }

  /** Returns these stop strings. */
  public static StopStrings of(String... strings) {
    return new StopStrings(List.of(strings));
  }

  static void requireNotEmpty(Collection<String> strings) {
    if (strings.contains("")) {
      throw new IllegalArgumentException(
          "a stop string must not be empty, it would end every answer after one token; leave it out"
              + " to stop at the end token only");
    }
  }

  /** Returns a new criterion for one answer; see {@link StoppingCriterion#keywords}. */
  public StoppingCriterion criterion(
      ModelFamily family, Tokenizer tokenizer, List<Integer> promptIds, OriginalQuirks quirks) {
    return StoppingCriterion.keywords(family, strings, tokenizer, promptIds, quirks);
  }

  /**
   * Returns the text before the first stop string, without white space at its ends.
   *
   * <p>As the original's programs, which append the stop string before they look for it: a text
   * that ends in the beginning of one loses that beginning, {@code "A##"} becomes {@code "A"} at
   * {@code ###}.
   */
  public String cut(String text) {
    int end = text.length();
    for (String stop : strings) {
      end = Math.min(end, (text + stop).indexOf(stop));
    }
    return PythonText.strip(text.substring(0, end));
  }
}
