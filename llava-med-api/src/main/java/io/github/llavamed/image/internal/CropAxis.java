package io.github.llavamed.image.internal;

/**
 * One axis of the centre crop of CLIP's image processor.
 *
 * <p>Where the image is smaller than the crop, zeros surround it. When the missing number is odd,
 * the result is one short, as in the reference.
 *
 * @param start first pixel of the image that is used
 * @param length pixels of the image that are used
 * @param offset where they begin in the result
 * @param size pixels of the result
 */
public record CropAxis(int start, int length, int offset, int size) {
  /** Returns the crop of an axis of an image. */
  public static CropAxis of(int image, int crop) {
    int start = Math.floorDiv(image - crop, 2);
    if (image >= crop) {
      return new CropAxis(start, crop, 0, crop);
    }
    int margin = (crop - image) / 2;
    int shifted = start + margin; // 0, or -1 when the difference is odd
    return new CropAxis(0, image, margin - Math.max(0, shifted), crop + Math.min(0, shifted));
  }

  /** Returns the whole axis. */
  public static CropAxis whole(int image) {
    return new CropAxis(0, image, 0, image);
  }
}
