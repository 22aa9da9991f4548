package io.github.llavamed.image.internal;

/**
 * A rectangle of an image.
 *
 * @param left first column
 * @param top first row
 * @param width columns
 * @param height rows
 */
public record Window(int left, int top, int width, int height) {
  /** Returns the column after the last. */
  public int right() {
    return left + width;
  }

  /** Returns the row after the last. */
  public int bottom() {
    return top + height;
  }
}
