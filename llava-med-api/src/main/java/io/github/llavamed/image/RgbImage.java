package io.github.llavamed.image;

/**
 * A decoded image: 8-bit RGB, row by row from the top left. Immutable by agreement.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb {@code height * width * 3} bytes, unsigned, red first; the array is owned by this
 *     record and must not be changed
 * @param mode how the pixels were stored before they became RGB
 */
@SuppressWarnings("ArrayRecordComponent")
public record RgbImage(int width, int height, byte[] rgb, ColorMode mode) {
  /** Checks that the array has the stated size. */
  public RgbImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image: expected sides of at least 1, found %d x %d".formatted(width, height));
    }
    int expected = Math.multiplyExact(Math.multiplyExact(width, height), 3);
    if (rgb.length != expected) {
      throw new IllegalArgumentException(
          "image of %d x %d: expected %d bytes, found %d"
              .formatted(width, height, expected, rgb.length));
    }
  }
}
