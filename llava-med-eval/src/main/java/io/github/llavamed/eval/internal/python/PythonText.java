package io.github.llavamed.eval.internal.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Does what Python's text methods do: white space, splitting, lower case, quoting. */
public final class PythonText {
  private static final char CAPITAL_SIGMA = 'Σ';
  private static final char SMALL_SIGMA = 'σ';
  private static final char FINAL_SIGMA = 'ς';

  /** Characters with the word-break classes MidLetter, MidNumLet and Single_Quote (UAX 29). */
  private static final String MID_WORD =
      "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

  private PythonText() {}

  /** Returns whether Python's {@code str.isspace} holds for the character. */
  public static boolean isSpace(char c) {
    return (c >= 0x09 && c <= 0x0D)
        || (c >= 0x1C && c <= 0x20)
        || c == 0x85
        || c == 0xA0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  /** Splits at runs of white space; no empty pieces. */
  public static List<String> split(String text) {
    List<String> pieces = new ArrayList<>();
    int start = -1;
    for (int i = 0; i < text.length(); i++) {
      if (isSpace(text.charAt(i))) {
        if (start >= 0) {
          pieces.add(text.substring(start, i));
          start = -1;
        }
      } else if (start < 0) {
        start = i;
      }
    }
    if (start >= 0) {
      pieces.add(text.substring(start));
    }
    return pieces;
  }

  /** Splits at every occurrence of one character; empty pieces are kept. */
  public static List<String> split(String text, char separator) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int i = text.indexOf(separator); i >= 0; i = text.indexOf(separator, start)) {
      pieces.add(text.substring(start, i));
      start = i + 1;
    }
    pieces.add(text.substring(start));
    return pieces;
  }

  /** Removes white space at both ends. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /**
   * Lower-cases with the full Unicode rules, independent of language.
   *
   * <p>A capital sigma ends a word by Unicode's rule of cased and case-ignorable characters; Java
   * looks at word boundaries instead, which differs next to points and apostrophes.
   */
  public static String lower(String text) {
    int sigma = text.indexOf(CAPITAL_SIGMA);
    if (sigma < 0) {
      return text.toLowerCase(Locale.ROOT);
    }
    StringBuilder out = new StringBuilder(text.length());
    int start = 0;
    while (sigma >= 0) {
      out.append(text.substring(start, sigma).toLowerCase(Locale.ROOT));
      out.append(isFinal(text, sigma) ? FINAL_SIGMA : SMALL_SIGMA);
      start = sigma + 1;
      sigma = text.indexOf(CAPITAL_SIGMA, start);
    }
    return out.append(text.substring(start).toLowerCase(Locale.ROOT)).toString();
  }

  private static boolean isFinal(String text, int sigma) {
    int before = sigma;
    while (before > 0 && isCaseIgnorable(text.codePointBefore(before))) {
      before = text.offsetByCodePoints(before, -1);
    }
    int after = sigma + 1;
    while (after < text.length() && isCaseIgnorable(text.codePointAt(after))) {
      after = text.offsetByCodePoints(after, 1);
    }
    return before > 0
        && isCased(text.codePointBefore(before))
        && !(after < text.length() && isCased(text.codePointAt(after)));
  }

  private static boolean isCased(int codePoint) {
    return Character.isLowerCase(codePoint)
        || Character.isUpperCase(codePoint)
        || Character.isTitleCase(codePoint);
  }

  private static boolean isCaseIgnorable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> MID_WORD.indexOf(codePoint) >= 0;
    };
  }

  /** Returns whether the code point at an index is a decimal digit (category Nd). */
  public static boolean isDigitAt(String text, int index) {
    return index < text.length() && isDigit(text.codePointAt(index));
  }

  /** Returns whether a code point is a decimal digit (category Nd). */
  public static boolean isDigit(int codePoint) {
    return Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER;
  }

  /** Quotes a text as Python's {@code repr} does. */
  public static String quote(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
    text.codePoints().forEach(codePoint -> appendQuoted(out, codePoint, quote));
    return out.append(quote).toString();
  }

  private static void appendQuoted(StringBuilder out, int codePoint, char quote) {
    if (codePoint == quote || codePoint == '\\') {
      out.append('\\').append((char) codePoint);
    } else if (codePoint == '\n') {
      out.append("\\n");
    } else if (codePoint == '\r') {
      out.append("\\r");
    } else if (codePoint == '\t') {
      out.append("\\t");
    } else if (isPrintable(codePoint)) {
      out.appendCodePoint(codePoint);
    } else if (codePoint < 0x100) {
      out.append(String.format(Locale.ROOT, "\\x%02x", codePoint));
    } else if (codePoint < 0x10000) {
      out.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
    } else {
      out.append(String.format(Locale.ROOT, "\\U%08x", codePoint));
    }
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }

  /** Prints a list of texts as Python does. */
  public static String list(List<String> texts) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < texts.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(quote(texts.get(i)));
    }
    return out.append(']').toString();
  }
}
