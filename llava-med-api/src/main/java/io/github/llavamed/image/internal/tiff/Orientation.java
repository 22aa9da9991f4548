package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.RgbImage;

/** Turns and mirrors an image by the TIFF tag of that name. */
final class Orientation {
  private Orientation() {}

  /** Returns the image as it is meant to be seen; unknown values change nothing. */
  static RgbImage apply(RgbImage image, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return image;
    }
    boolean swapped = orientation >= 5;
    int width = swapped ? image.height() : image.width();
    int height = swapped ? image.width() : image.height();
    byte[] rgb = new byte[image.rgb().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean fromRight = orientation == 2 || orientation == 3;
        boolean fromBottom = orientation == 3 || orientation == 4;
        if (swapped) {
          fromRight = orientation == 7 || orientation == 8;
          fromBottom = orientation == 6 || orientation == 7;
        }
        int sourceX = swapped ? y : x;
        int sourceY = swapped ? x : y;
        int inX = fromRight ? image.width() - 1 - sourceX : sourceX;
        int inY = fromBottom ? image.height() - 1 - sourceY : sourceY;
        System.arraycopy(image.rgb(), (inY * image.width() + inX) * 3, rgb, (y * width + x) * 3, 3);
      }
    }
    return new RgbImage(width, height, rgb, image.mode());
  }
}
