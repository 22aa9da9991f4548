package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.RgbImage;

/** Pads images to squares. */
public final class Squares {
  private Squares() {}

  /**
   * Returns the image on a square of its longer side.
   *
   * @param color red, green and blue of the margin, 0 to 255
   * @param extra pixels added to the rounded-down half of the difference: 0 or 1
   */
  public static RgbImage pad(RgbImage image, int[] color, int extra) {
    int width = image.width();
    int height = image.height();
    if (width == height) {
      return image;
    }
    int side = Math.max(width, height);
    int offset = Math.abs(width - height) / 2 + extra;
    int left = width < height ? offset : 0;
    int top = width < height ? 0 : offset;
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(side, side), 3)];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) color[0];
      rgb[i + 1] = (byte) color[1];
      rgb[i + 2] = (byte) color[2];
    }
    for (int y = 0; y < height; y++) {
      System.arraycopy(image.rgb(), y * width * 3, rgb, ((top + y) * side + left) * 3, width * 3);
    }
    return new RgbImage(side, side, rgb, ColorMode.RGB);
  }
}
