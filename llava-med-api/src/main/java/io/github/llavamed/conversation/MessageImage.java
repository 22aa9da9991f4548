package io.github.llavamed.conversation;

/**
 * The image of a message, by its place in the request.
 *
 * @param imageIndex which image of the request, from 0
 * @param mode what happens to it before it is shown
 */
public record MessageImage(int imageIndex, ImageProcessMode mode) {
  /** Checks the index. */
  public MessageImage {
    if (imageIndex < 0) {
      throw new IllegalArgumentException("image index: expected 0 or more, found " + imageIndex);
    }
  }
}
