package io.github.llavamed.image.internal.webp;

/** Undoes the spatial prediction of VP8L. */
final class Vp8lPredictor {
  private static final int BLACK = 0xff000000;

  private Vp8lPredictor() {}

  /** Adds the predictions in place; the mode of a block is the green of its pixel. */
  static int[] undo(int[] pixels, int width, int bits, int[] modes) {
    int across = Vp8lPixels.blocks(width, bits);
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      int y = i / width;
      int prediction;
      if (y == 0) {
        prediction = x == 0 ? BLACK : pixels[i - 1];
      } else if (x == 0) {
        prediction = pixels[i - width];
      } else {
        int mode = modes[(y >> bits) * across + (x >> bits)] >> 8 & 15;
        prediction = predict(mode, pixels, i, width);
      }
      pixels[i] = Vp8lTransform.add(pixels[i], prediction);
    }
    return pixels;
  }

  private static int predict(int mode, int[] pixels, int i, int width) {
    int left = pixels[i - 1];
    int top = pixels[i - width];
    int topRight = pixels[i - width + 1]; // of the last column: the first of this row
    int topLeft = pixels[i - width - 1];
    return switch (mode) {
      case 1 -> left;
      case 2 -> top;
      case 3 -> topRight;
      case 4 -> topLeft;
      case 5 -> average(average(left, topRight), top);
      case 6 -> average(left, topLeft);
      case 7 -> average(left, top);
      case 8 -> average(topLeft, top);
      case 9 -> average(top, topRight);
      case 10 -> average(average(left, topLeft), average(top, topRight));
      case 11 -> select(left, top, topLeft);
      case 12 -> gradient(left, top, topLeft);
      case 13 -> halfGradient(average(left, top), topLeft);
      default -> BLACK;
    };
  }

  /** Returns the mean of each channel, rounded down. */
  private static int average(int a, int b) {
    return ((a ^ b) >>> 1 & 0x7f7f7f7f) + (a & b);
  }

  private static int select(int left, int top, int topLeft) {
    int toLeft = 0;
    int toTop = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int corner = topLeft >> shift & 0xff;
      toLeft += Math.abs((top >> shift & 0xff) - corner);
      toTop += Math.abs((left >> shift & 0xff) - corner);
    }
    return toLeft < toTop ? left : top;
  }

  private static int gradient(int left, int top, int topLeft) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int sum = (left >> shift & 0xff) + (top >> shift & 0xff) - (topLeft >> shift & 0xff);
      result |= clip(sum) << shift;
    }
    return result;
  }

  private static int halfGradient(int average, int topLeft) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int a = average >> shift & 0xff;
      result |= clip(a + (a - (topLeft >> shift & 0xff)) / 2) << shift;
    }
    return result;
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
