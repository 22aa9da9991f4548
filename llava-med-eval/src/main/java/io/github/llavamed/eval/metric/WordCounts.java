package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.python.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the words or word n-grams of a text. Thread-safe. */
public final class WordCounts {
  private WordCounts() {}

  /**
   * Returns the counts of the lower-cased n-grams, joined by blanks, in order of first appearance.
   *
   * @param n words in an n-gram, at least 1
   */
  public static Map<String, Integer> of(String text, int n) {
    return of(PythonText.split(PythonText.lower(text)), n);
  }

  /** Returns the counts of the n-grams of a list of words, in order of first appearance. */
  public static Map<String, Integer> of(List<String> words, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n-grams: expected n of at least 1, found " + n);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      counts.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  /** Returns the words of a normalised text. */
  static List<String> words(String normalized) {
    return new ArrayList<>(PythonText.split(normalized));
  }
}
