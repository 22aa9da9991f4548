package io.github.llavamed.config;

/** The side on which shorter rows of a batch are padded. */
public enum PaddingSide {
  /** Before the content. */
  LEFT,
  /** After the content. */
  RIGHT
}
