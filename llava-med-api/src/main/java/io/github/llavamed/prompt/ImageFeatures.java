package io.github.llavamed.prompt;

/**
 * The projected features of one image: plain Java memory, row-major. Immutable by agreement.
 *
 * @param values {@code rows * hiddenSize} floats; the array is owned by this record and must not be
 *     changed // [p, c]
 * @param rows feature rows, as many as positions in the decoder
 * @param hiddenSize width of the decoder
 */
@SuppressWarnings("ArrayRecordComponent")
public record ImageFeatures(float[] values, int rows, int hiddenSize) {
  /** Checks that the array has the stated size. */
  public ImageFeatures {
    if (values.length != rows * hiddenSize) {
      throw new IllegalArgumentException(
          "image features: expected %d x %d values, found %d"
              .formatted(rows, hiddenSize, values.length));
    }
  }
}
