package io.github.llavamed.image;

/**
 * The colour of the margin when an image whose file holds 8-bit grey ({@link ColorMode#L}) is
 * padded to a square.
 *
 * <p>Programs of the original differ: the evaluator and the worker of v1.5 pad the image as opened,
 * training and {@code load_image} convert it to RGB first.
 */
public enum GrayPadding {
  /** {@code (int) (255 * average(mean))} in all channels, 114 with CLIP's mean. */
  SINGLE_VALUE,
  /** {@code (int) (255 * mean)} per channel as for colour images, (122, 116, 104) with CLIP's. */
  PER_CHANNEL
}
