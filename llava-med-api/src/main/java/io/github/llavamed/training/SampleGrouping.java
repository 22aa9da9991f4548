package io.github.llavamed.training;

/** How the shuffle of an epoch is arranged, so that samples of a batch are about as long. */
public enum SampleGrouping {
  /** Not at all: the published way. */
  NONE,
  /** By estimated length: transformers' {@code group_by_length}. */
  LENGTH,
  /**
   * By estimated length, with images and text alone in batches of their own: later LLaVA's {@code
   * group_by_modality_length}.
   */
  MODALITY_LENGTH
}
