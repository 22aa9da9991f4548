package io.github.llavamed.tokenizer.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Turns text into UTF-8 and back without losing track of what is not valid. */
final class Utf8 {
  static final String REPLACEMENT = "\uFFFD";

  private Utf8() {}

  /**
   * Returns the text with each lone surrogate replaced by U+FFFD. The originals refuse such text;
   * an encoder in Java meets it whenever a string was cut in the wrong place.
   */
  static String withoutLoneSurrogates(String text) {
    int at = 0;
    while (at < text.length() && !isLone(text, at)) {
      at += Character.charCount(text.codePointAt(at));
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length()).append(text, 0, at);
    while (at < text.length()) {
      int c = text.codePointAt(at);
      clean.appendCodePoint(isLone(text, at) ? 0xFFFD : c);
      at += Character.charCount(c);
    }
    return clean.toString();
  }

  private static boolean isLone(String text, int at) {
    int c = text.codePointAt(at);
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  /** Returns the bytes of a text without lone surrogates. */
  static byte[] encode(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the text of bytes, or null if they are not valid UTF-8 as a whole. */
  static @Nullable String decode(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Returns how many bytes a character with this first byte has; 1 for a byte that starts none. */
  static int length(byte first) {
    int b = first & 0xFF;
    if (b < 0xC0 || b >= 0xF8) {
      return 1;
    }
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }
}
