package io.github.llavamed.eval.internal.text;

import io.github.llavamed.eval.internal.python.PythonText;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits answers into words for the strict metrics.
 *
 * <p>After Unicode compatibility normalisation (NFKC) and lower-casing, a word is a run of letters,
 * marks and digits; an apostrophe between letters and a point between digits stay inside, a comma
 * between digits vanishes. Each ideograph or kana is a word. The articles a, an, the are dropped.
 */
public final class StandardTokenizer {
  private StandardTokenizer() {}

  /** Returns the words of a text. */
  public static List<String> words(String text) {
    String clean =
        PythonText.lower(Normalizer.normalize(text, Normalizer.Form.NFKC)).replace('’', '\'');
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < clean.length(); i += Character.charCount(clean.codePointAt(i))) {
      int codePoint = clean.codePointAt(i);
      if (standsAlone(codePoint)) {
        flush(words, word);
        words.add(Character.toString(codePoint));
      } else if (isWordPart(codePoint)) {
        word.appendCodePoint(codePoint);
      } else if (!isInside(clean, i, codePoint)) {
        flush(words, word);
      } else if (codePoint != ',') {
        word.appendCodePoint(codePoint);
      }
    }
    flush(words, word);
    return words;
  }

  private static void flush(List<String> words, StringBuilder word) {
    if (!word.isEmpty() && !WordTables.ARTICLES.contains(word.toString())) {
      words.add(word.toString());
    }
    word.setLength(0);
  }

  private static boolean isWordPart(int codePoint) {
    int type = Character.getType(codePoint);
    return Character.isLetterOrDigit(codePoint)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean standsAlone(int codePoint) {
    if (!Character.isLetter(codePoint)) {
      return false;
    }
    Character.UnicodeScript script = Character.UnicodeScript.of(codePoint);
    return script == Character.UnicodeScript.HAN
        || script == Character.UnicodeScript.HIRAGANA
        || script == Character.UnicodeScript.KATAKANA;
  }

  private static boolean isInside(String text, int index, int codePoint) {
    if (index == 0 || index + 1 >= text.length()) {
      return false;
    }
    int before = text.codePointBefore(index);
    int after = text.codePointAt(index + 1);
    return switch (codePoint) {
      case '\'' -> Character.isLetter(before) && Character.isLetter(after);
      case '.', ',' -> PythonText.isDigit(before) && PythonText.isDigit(after);
      default -> false;
    };
  }
}
