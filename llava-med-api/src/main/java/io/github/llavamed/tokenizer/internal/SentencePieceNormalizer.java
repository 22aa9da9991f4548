package io.github.llavamed.tokenizer.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prepares text for a SentencePiece model: spaces become U+2581, a dummy one comes first.
 *
 * <p>Only the identity character map; a model with another one is refused on reading. User-defined
 * pieces are matched first and stay whole. Immutable, safe for concurrent use.
 */
final class SentencePieceNormalizer {
  private static final byte[] SPACE = SentencePieceModel.SPACE.getBytes(StandardCharsets.UTF_8);

  private final boolean addDummyPrefix;
  private final boolean removeExtraWhitespaces;
  private final ByteTrie userDefined;

  SentencePieceNormalizer(SentencePieceModel model) {
    addDummyPrefix = model.settings().addDummyPrefix();
    removeExtraWhitespaces = model.settings().removeExtraWhitespaces();
    List<String> symbols = new ArrayList<>();
    for (SentencePieceModel.Piece piece : model.pieces()) {
      if (piece.type() == PieceType.USER_DEFINED) {
        symbols.add(piece.text());
      }
    }
    userDefined = new ByteTrie(symbols);
  }

  /** Returns the length of the user-defined piece that begins here, 0 if none does. */
  int userDefinedLength(byte[] text, int at, int end) {
    return userDefined.longest(text, at, end);
  }

  byte[] normalize(byte[] text) {
    int from = 0;
    if (removeExtraWhitespaces) {
      while (from < text.length && text[from] == ' ' && symbolLength(text, from) == 1) {
        from++;
      }
    }
    if (from == text.length) {
      return new byte[0];
    }
    byte[] out = new byte[capacity(text)];
    int size = addDummyPrefix ? put(out, 0, SPACE, 0, SPACE.length) : 0;
    boolean afterSpace = removeExtraWhitespaces;
    while (from < text.length) {
      int end = from + symbolLength(text, from);
      int at = from;
      while (afterSpace && at < end && text[at] == ' ') {
        at++;
      }
      if (at < end) {
        afterSpace = removeExtraWhitespaces && text[end - 1] == ' ';
      }
      for (; at < end; at++) {
        if (text[at] == ' ') {
          size = put(out, size, SPACE, 0, SPACE.length);
        } else {
          out[size++] = text[at];
        }
      }
      from = end;
    }
    return Arrays.copyOf(out, removeExtraWhitespaces ? withoutTrailingSpace(out, size) : size);
  }

  /** Every space grows by two bytes, and one more may come first. */
  private static int capacity(byte[] text) {
    long spaces = 1;
    for (byte b : text) {
      if (b == ' ') {
        spaces++;
      }
    }
    return Math.toIntExact(text.length + spaces * SPACE.length);
  }

  private int symbolLength(byte[] text, int at) {
    int symbol = userDefinedLength(text, at, text.length);
    return symbol > 0 ? symbol : Math.min(Utf8.length(text[at]), text.length - at);
  }

  private static int put(byte[] out, int size, byte[] from, int at, int length) {
    System.arraycopy(from, at, out, size, length);
    return size + length;
  }

  private static int withoutTrailingSpace(byte[] out, int size) {
    int end = size;
    while (end >= SPACE.length
        && Arrays.equals(out, end - SPACE.length, end, SPACE, 0, SPACE.length)) {
      end -= SPACE.length;
    }
    return end;
  }
}
