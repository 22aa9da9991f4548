package io.github.llavamed.tokenizer.internal;

/** White space as Python's {@code str.strip} and as the regular expressions of Rust see it. */
final class PythonSpace {
  private PythonSpace() {}

  /** Returns whether Python's {@code str.isspace} holds: Rust's set and U+001C to U+001F. */
  static boolean isPythonSpace(char c) {
    return isRustSpace(c) || (c >= 0x1C && c <= 0x1F);
  }

  /** Returns whether {@code \s} of Rust's regular expressions matches: Unicode's White_Space. */
  static boolean isRustSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || c == ' '
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

  static String stripLeft(String text) {
    int from = 0;
    while (from < text.length() && isPythonSpace(text.charAt(from))) {
      from++;
    }
    return text.substring(from);
  }

  static String stripRight(String text) {
    int to = text.length();
    while (to > 0 && isPythonSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }
}
