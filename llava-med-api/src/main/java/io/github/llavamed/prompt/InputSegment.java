package io.github.llavamed.prompt;

/** A piece of a prompt: tokens, or the place of an image. */
public sealed interface InputSegment permits TokenSegment, ImageSegment {
  /** Returns how many positions the segment fills in the decoder. */
  int length();
}
