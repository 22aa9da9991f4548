package io.github.llavamed.config;

/** What happens to images that are not square before the processor sees them. */
public enum ImageAspect {
  /** Nothing: resize the shortest edge, then crop the centre. */
  SQUARE,
  /** Pad to a square with the mean colour. */
  PAD,
  /** Keep the aspect ratio, no crop; needs a tower with position interpolation. */
  KEEP
}
