package io.github.llavamed.demo.vocabulary;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns the pieces of a byte-pair encoding: the most frequent pair of neighbours is joined, again
 * and again.
 *
 * <p>With LLaMA's settings: a blank stands before every text and is written {@code ▁}, pieces do
 * not cross blanks, letters stay apart from other signs, digits and line breaks stay alone. Of
 * pairs that are equally frequent the one whose text sorts first is joined, so the result depends
 * on the texts alone. Meant for small corpora: time grows with the number of distinct words times
 * the number of pieces.
 */
public final class BpeVocabulary {
  private static final String BLANK = "\u2581";

  private final Map<List<String>, Integer> words; // pieces of a word, and how often it occurs

  private BpeVocabulary(Map<List<String>, Integer> words) {
    this.words = words;
  }

  /**
   * Returns the pieces of a vocabulary, best first: joined pieces in the order in which they were
   * joined, then single characters by frequency.
   *
   * @param most how many pieces at most; fewer if there is nothing left to join
   * @throws IllegalArgumentException if {@code most} is less than the distinct characters
   */
  public static List<String> learn(Collection<String> texts, int most) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String text : texts) {
      for (String word : split(text)) {
        counts.merge(word, 1, Integer::sum);
      }
    }
    List<String> characters = characters(counts);
    if (most < characters.size()) {
      throw new IllegalArgumentException(
          "most: expected at least the %d distinct characters of the texts, found %d"
              .formatted(characters.size(), most));
    }
    BpeVocabulary vocabulary = new BpeVocabulary(singles(counts));
    List<String> pieces = new ArrayList<>(vocabulary.join(most - characters.size()));
    pieces.addAll(characters);
    return pieces;
  }

  /** Splits a text before every blank, between letters and other signs, and around digits. */
  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int[] points = (BLANK + text.replace(" ", BLANK)).codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      if (i > 0 && parts(points[i - 1], points[i])) {
        words.add(word.toString());
        word.setLength(0);
      }
      word.appendCodePoint(points[i]);
    }
    words.add(word.toString());
    return words;
  }

  private static boolean parts(int before, int point) {
    int blank = BLANK.codePointAt(0);
    boolean alone = isAlone(before) || isAlone(point);
    boolean other = Character.isLetter(before) != Character.isLetter(point);
    return alone || point == blank || (before != blank && other);
  }

  private static boolean isAlone(int point) {
    return Character.isDigit(point) || point == '\n';
  }

  private static Map<List<String>, Integer> singles(Map<String, Integer> counts) {
    Map<List<String>, Integer> words = new HashMap<>();
    counts.forEach(
        (word, count) -> {
          List<String> single = word.codePoints().mapToObj(Character::toString).toList();
          words.put(single, count);
        });
    return words;
  }

  private static List<String> characters(Map<String, Integer> counts) {
    Map<String, Integer> characters = new TreeMap<>();
    counts.forEach(
        (word, count) ->
            word.codePoints()
                .mapToObj(Character::toString)
                .forEach(character -> characters.merge(character, count, Integer::sum)));
    List<String> sorted = new ArrayList<>(characters.keySet());
    sorted.sort(Comparator.comparing(characters::get, Comparator.reverseOrder()));
    return sorted;
  }

  private record Pair(String first, String second) {
    String joined() {
      return first + second;
    }
  }

  /** Joins pairs until there are so many new pieces, or nothing is left to join. */
  private Set<String> join(int wanted) {
    Set<String> joined = new LinkedHashSet<>();
    while (joined.size() < wanted) {
      Pair best = mostFrequent();
      if (best == null) {
        break;
      }
      joined.add(best.joined());
      replace(best);
    }
    return joined;
  }

  private @Nullable Pair mostFrequent() {
    Map<Pair, Integer> counts = new HashMap<>();
    words.forEach(
        (pieces, count) -> {
          for (int i = 0; i + 1 < pieces.size(); i++) {
            counts.merge(new Pair(pieces.get(i), pieces.get(i + 1)), count, Integer::sum);
          }
        });
    return counts.entrySet().stream()
        .max(
            Map.Entry.<Pair, Integer>comparingByValue()
                .thenComparing(
                    (a, b) -> {
                      int order = b.getKey().joined().compareTo(a.getKey().joined());
                      return order != 0 ? order : b.getKey().first().compareTo(a.getKey().first());
                    }))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private void replace(Pair pair) {
    Map<List<String>, Integer> changed = new HashMap<>();
    words.forEach((pieces, count) -> changed.merge(merged(pieces, pair), count, Integer::sum));
    words.clear();
    words.putAll(changed);
  }

  private static List<String> merged(List<String> pieces, Pair pair) {
    List<String> merged = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      boolean here =
          i + 1 < pieces.size()
              && pieces.get(i).equals(pair.first())
              && pieces.get(i + 1).equals(pair.second());
      merged.add(here ? pair.joined() : pieces.get(i));
      i += here ? 1 : 0;
    }
    return merged;
  }
}
