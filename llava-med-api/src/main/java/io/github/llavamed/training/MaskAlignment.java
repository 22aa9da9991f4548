package io.github.llavamed.training;

/** How the labels that belong to prompts, and are not trained, are found. */
public enum MaskAlignment {
  /**
   * By the lengths of pieces that are tokenised alone, as the original: one token off after an
   * image at the end of a turn.
   */
  LEGACY,
  /** By where the pieces lie in the tokenised whole. */
  EXACT
}
