package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.eval.internal.text.WordTables;

/**
 * Normalises answers as the original metrics do: punctuation, points, number words, articles,
 * contractions.
 *
 * <p>The punctuation rule is the original's: a mark next to a blank anywhere in the text makes all
 * its occurrences vanish, otherwise they become blanks. Thread-safe.
 */
public final class AnswerNormalizer {
  /** The original passes the regular-expression flags as the count of replacements. */
  private static final int MAX_POINTS = 32;

  private AnswerNormalizer() {}

  /** Returns the normalised text: words joined by single blanks. */
  public static String normalize(String text) {
    String out = removePoints(replacePunctuation(text));
    StringBuilder joined = new StringBuilder(out.length());
    for (String word : PythonText.split(PythonText.lower(out))) {
      String mapped = WordTables.NUMBERS.getOrDefault(word, word);
      if (!WordTables.ARTICLES.contains(mapped)) {
        if (!joined.isEmpty()) {
          joined.append(' ');
        }
        joined.append(WordTables.CONTRACTIONS.getOrDefault(mapped, mapped));
      }
    }
    return joined.toString().replace(",", "");
  }

  /** Returns the normalised text of an answer, which the metrics lower-case first. */
  static String normalizeAnswer(String text) {
    return normalize(PythonText.lower(text));
  }

  private static String replacePunctuation(String text) {
    boolean digitComma = hasDigitComma(text);
    String out = text;
    for (String mark : WordTables.PUNCTUATION) {
      if (text.contains(mark)) {
        boolean atBlank = text.contains(mark + " ") || text.contains(" " + mark);
        out = out.replace(mark, digitComma || atBlank ? "" : " ");
      }
    }
    return out;
  }

  private static boolean hasDigitComma(String text) {
    for (int i = text.indexOf(','); i >= 0; i = text.indexOf(',', i + 1)) {
      if (i > 0
          && PythonText.isDigit(text.codePointBefore(i))
          && PythonText.isDigitAt(text, i + 1)) {
        return true;
      }
    }
    return false;
  }

  private static String removePoints(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int removed = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && removed < MAX_POINTS && !PythonText.isDigitAt(text, i + 1)) {
        removed++;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
