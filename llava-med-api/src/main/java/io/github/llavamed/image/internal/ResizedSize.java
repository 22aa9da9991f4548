package io.github.llavamed.image.internal;

import io.github.llavamed.image.ImageRejectedException;

/**
 * A size in pixels after resizing.
 *
 * @param width at least 1
 * @param height at least 1
 */
public record ResizedSize(int width, int height) {
  /** Returns the size whose shorter side is given; the longer one is rounded down. */
  public static ResizedSize of(int width, int height, int shortestEdge) {
    int shorter = Math.min(width, height);
    int longer = Math.max(width, height);
    double exact = (double) ((long) shortestEdge * longer) / shorter;
    if (exact > Integer.MAX_VALUE - 1) {
      throw new ImageRejectedException(
          "image of %d x %d: expected a longer side below 2^31 once the shorter is %d, found %.0f;"
                  .formatted(width, height, shortestEdge, exact)
              + " crop the image");
    }
    int scaled = (int) exact;
    return width <= height
        ? new ResizedSize(shortestEdge, scaled)
        : new ResizedSize(scaled, shortestEdge);
  }
}
