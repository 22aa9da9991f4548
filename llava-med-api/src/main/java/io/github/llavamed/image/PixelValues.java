package io.github.llavamed.image;

/**
 * One preprocessed image: float32, channel-first.
 *
 * @param values {@code channels * height * width} values; the array is owned by this record and
 *     must not be changed
 * @param channels 3
 * @param height in pixels
 * @param width in pixels
 */
@SuppressWarnings("ArrayRecordComponent")
public record PixelValues(float[] values, int channels, int height, int width) {
  /** Checks that the array has the stated size. */
  public PixelValues {
    if (values.length != channels * height * width) {
      throw new IllegalArgumentException(
          "pixel values: expected %d x %d x %d = %d values, found %d"
              .formatted(channels, height, width, channels * height * width, values.length));
    }
  }
}
