package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.RgbImage;

/** Turns grey, palette and CMYK samples into RGB by the formulas of Pillow. */
public final class Rgb {
  private Rgb() {}

  /** Repeats each grey value three times. */
  public static RgbImage ofGray(int width, int height, byte[] gray, ColorMode mode) {
    byte[] rgb = new byte[Math.multiplyExact(gray.length, 3)];
    for (int i = 0, out = 0; i < gray.length; i++) {
      rgb[out++] = gray[i];
      rgb[out++] = gray[i];
      rgb[out++] = gray[i];
    }
    return new RgbImage(width, height, rgb, mode);
  }

  /** Clips a value to 0..255. */
  public static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** Returns {@code a * b / 255}, rounded, for values of 0..255. */
  public static int multiply(int a, int b) {
    int product = a * b + 128;
    return (product >> 8) + product >> 8;
  }

  /** Writes the RGB of one CMYK pixel: {@code k' - C k' / 255} with {@code k' = 255 - K}. */
  public static void fromCmyk(int c, int m, int y, int k, byte[] rgb, int offset) {
    int white = 255 - k;
    rgb[offset] = clip(white - multiply(c, white));
    rgb[offset + 1] = clip(white - multiply(m, white));
    rgb[offset + 2] = clip(white - multiply(y, white));
  }

  /**
   * Returns a palette of 256 colours from the start of the given one; colours that the file does
   * not define are the grey of their index.
   */
  public static byte[] palette(byte[] bytes, int offset, int colors) {
    byte[] palette = new byte[256 * 3];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (i / 3);
    }
    System.arraycopy(bytes, offset, palette, 0, Math.min(colors, 256) * 3);
    return palette;
  }
}
