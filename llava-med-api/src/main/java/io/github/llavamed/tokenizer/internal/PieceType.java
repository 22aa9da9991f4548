package io.github.llavamed.tokenizer.internal;

/** What a piece of a SentencePiece model stands for; the order is that of the file format. */
enum PieceType {
  NORMAL,
  UNKNOWN,
  CONTROL,
  USER_DEFINED,
  UNUSED,
  BYTE;

  /** Returns whether text can become this piece by merging. */
  boolean isMergeable() {
    return this == NORMAL || this == USER_DEFINED || this == UNUSED;
  }
}
