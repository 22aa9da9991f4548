package io.github.llavamed.tokenizer.internal;

import java.util.List;

/**
 * The decoder of a {@code tokenizer.json}: replacements, bytes, joining, stripping, in this order.
 *
 * @param replacements done in every token
 * @param byteFallback whether runs of byte pieces become text
 * @param strip the character that is stripped at the very start
 * @param stripCount how many of them at most
 * @param keepsValidCharacters whether the characters beside invalid bytes of a run survive
 */
record FastDecoding(
    List<TextStep.Replace> replacements,
    boolean byteFallback,
    char strip,
    int stripCount,
    boolean keepsValidCharacters) {
  FastDecoding {
    replacements = List.copyOf(replacements);
  }

  /** The decoder of the LLaMA classes. */
  static FastDecoding llama(boolean stripsFirstSpace) {
    return new FastDecoding(
        List.of(new TextStep.Replace(SentencePieceModel.SPACE, " ")),
        true,
        ' ',
        stripsFirstSpace ? 1 : 0,
        false);
  }

  /** The texts of the slow LLaMA class. */
  static FastDecoding slowLlama() {
    FastDecoding fast = llama(true);
    return new FastDecoding(
        fast.replacements, fast.byteFallback, fast.strip, fast.stripCount, true);
  }

  String replace(String token) {
    String text = token;
    for (TextStep.Replace replacement : replacements) {
      text = replacement.apply(text);
    }
    return text;
  }

  /**
   * Returns the byte that a token stands for, -1 if it stands for none. Like Rust's parser, takes
   * digits of both cases and a plus sign.
   */
  int byteValue(String token) {
    if (!byteFallback || token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int low = digit(token.charAt(4));
    int high = token.charAt(3) == '+' ? 0 : digit(token.charAt(3));
    return low < 0 || high < 0 ? -1 : high << 4 | low;
  }

  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
