package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.Rgb;

/** The two inverse transforms of VP8 (RFC 6386, section 14). */
final class Vp8Transform {
  private Vp8Transform() {}

  /**
   * Spreads the block of luma DCs over the 16 luma blocks.
   *
   * @param in 16 coefficients
   * @param out 16 blocks of 16 coefficients; the first of each is set
   */
  static void spreadDc(int[] in, int[] out) {
    int[] mid = new int[16];
    for (int i = 0; i < 4; i++) {
      int a0 = in[i] + in[12 + i];
      int a1 = in[4 + i] + in[8 + i];
      int a2 = in[4 + i] - in[8 + i];
      int a3 = in[i] - in[12 + i];
      mid[i] = a0 + a1;
      mid[8 + i] = a0 - a1;
      mid[4 + i] = a3 + a2;
      mid[12 + i] = a3 - a2;
    }
    for (int i = 0; i < 4; i++) {
      int dc = mid[i * 4] + 3;
      int a0 = dc + mid[i * 4 + 3];
      int a1 = mid[i * 4 + 1] + mid[i * 4 + 2];
      int a2 = mid[i * 4 + 1] - mid[i * 4 + 2];
      int a3 = dc - mid[i * 4 + 3];
      out[i * 64] = a0 + a1 >> 3;
      out[i * 64 + 16] = a3 + a2 >> 3;
      out[i * 64 + 32] = a0 - a1 >> 3;
      out[i * 64 + 48] = a3 - a2 >> 3;
    }
  }

  /**
   * Adds the inverse cosine transform of 16 coefficients to the prediction.
   *
   * @param in coefficients from {@code from}
   * @param plane the 4 x 4 samples at {@code at}, rows {@code stride} apart
   */
  static void add(int[] in, int from, byte[] plane, int at, int stride) {
    int[] mid = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[from + i] + in[from + 8 + i];
      int b = in[from + i] - in[from + 8 + i];
      int c = times35468(in[from + 4 + i]) - times85627(in[from + 12 + i]);
      int d = times85627(in[from + 4 + i]) + times35468(in[from + 12 + i]);
      mid[i * 4] = a + d;
      mid[i * 4 + 1] = b + c;
      mid[i * 4 + 2] = b - c;
      mid[i * 4 + 3] = a - d;
    }
    for (int i = 0; i < 4; i++) {
      int a = mid[i] + 4 + mid[8 + i];
      int b = mid[i] + 4 - mid[8 + i];
      int c = times35468(mid[4 + i]) - times85627(mid[12 + i]);
      int d = times85627(mid[4 + i]) + times35468(mid[12 + i]);
      int row = at + i * stride;
      plane[row] = Rgb.clip((plane[row] & 0xff) + (a + d >> 3));
      plane[row + 1] = Rgb.clip((plane[row + 1] & 0xff) + (b + c >> 3));
      plane[row + 2] = Rgb.clip((plane[row + 2] & 0xff) + (b - c >> 3));
      plane[row + 3] = Rgb.clip((plane[row + 3] & 0xff) + (a - d >> 3));
    }
  }

  /** Returns {@code sqrt(2) cos(pi / 8)} times the value. */
  private static int times85627(int value) {
    return (value * 20091 >> 16) + value;
  }

  /** Returns {@code sqrt(2) sin(pi / 8)} times the value. */
  private static int times35468(int value) {
    return value * 35468 >> 16;
  }
}
