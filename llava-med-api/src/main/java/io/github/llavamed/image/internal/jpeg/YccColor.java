package io.github.llavamed.image.internal.jpeg;

import io.github.llavamed.image.internal.Rgb;

/**
 * Converts luminance and chrominance of full range to RGB in libjpeg's 16-bit fixed point (JFIF,
 * ITU-R BT.601).
 */
public final class YccColor {
  private static final int HALF = 1 << 15;
  private static final int CR_RED = fixed(1.40200);
  private static final int CB_BLUE = fixed(1.77200);
  private static final int CR_GREEN = fixed(0.71414);
  private static final int CB_GREEN = fixed(0.34414);

  private YccColor() {}

  /**
   * Converts in place.
   *
   * @param samples Y, Cb, Cr of each pixel, followed by what else it holds
   * @param stride samples of a pixel, 3 or more
   */
  public static void toRgb(byte[] samples, int stride) {
    for (int i = 0; i < samples.length; i += stride) {
      int y = samples[i] & 0xff;
      int cb = (samples[i + 1] & 0xff) - 128;
      int cr = (samples[i + 2] & 0xff) - 128;
      samples[i] = Rgb.clip(y + (CR_RED * cr + HALF >> 16));
      samples[i + 1] = Rgb.clip(y + (-CB_GREEN * cb - CR_GREEN * cr + HALF >> 16));
      samples[i + 2] = Rgb.clip(y + (CB_BLUE * cb + HALF >> 16));
    }
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << 16) + 0.5);
  }
}
