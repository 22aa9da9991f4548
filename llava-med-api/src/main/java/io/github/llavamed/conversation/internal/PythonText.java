package io.github.llavamed.conversation.internal;

/**
 * Strips texts as Python's {@code str} methods do, whose white space is not Java's.
 *
 * <p>White space is {@code str.isspace} of Python 3: U+0009 to U+000D, U+001C to U+0020, U+0085,
 * U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
 */
public final class PythonText {
  private PythonText() {}

  /** Returns the text without white space at both ends, as {@code str.strip()}. */
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
   * Returns the text without leading characters that occur in {@code characters}, as {@code
   * str.lstrip(characters)}: a set of characters, not a prefix.
   */
  public static String stripLeading(String text, String characters) {
    int start = 0;
    while (start < text.length()) {
      int codePoint = text.codePointAt(start);
      if (characters.indexOf(codePoint) < 0) {
        break;
      }
      start += Character.charCount(codePoint);
    }
    return text.substring(start);
  }

  /** Returns whether Python takes the character for white space; all of them are in the BMP. */
  public static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || (c >= '\u001C' && c <= ' ')
        || c == '\u0085'
        || c == '\u00A0'
        || c == '\u1680'
        || (c >= '\u2000' && c <= '\u200A')
        || c == '\u2028'
        || c == '\u2029'
        || c == '\u202F'
        || c == '\u205F'
        || c == '\u3000';
  }
}
