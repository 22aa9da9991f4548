package io.github.llavamed.tokenizer.internal;

import org.jspecify.annotations.Nullable;

/** What a piece of a SentencePiece model stands for. */
enum PieceType {
  NORMAL,
  UNKNOWN,
  CONTROL,
  USER_DEFINED,
  UNUSED,
  BYTE;

  /** Returns the type with a number of the file format, null if there is none. */
  static @Nullable PieceType of(long number) {
    if (number < 1 || number > 6) {
      return null;
    }
    return switch ((int) number) {
      case 1 -> NORMAL;
      case 2 -> UNKNOWN;
      case 3 -> CONTROL;
      case 4 -> USER_DEFINED;
      case 5 -> UNUSED;
      default -> BYTE;
    };
  }

  /** Returns whether text can become this piece by merging. */
  boolean isMergeable() {
    return this == NORMAL || this == USER_DEFINED || this == UNUSED;
  }
}
