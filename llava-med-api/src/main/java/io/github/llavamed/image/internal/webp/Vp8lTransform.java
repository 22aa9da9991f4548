package io.github.llavamed.image.internal.webp;

/**
 * One transform of VP8L, to be undone after decoding.
 *
 * @param type which one
 * @param bits logarithm of the side of a block, or of the pixels packed into one
 * @param width columns of the picture once it is undone
 * @param data one pixel per block, or the palette; empty for the green one
 */
@SuppressWarnings("ArrayRecordComponent")
record Vp8lTransform(Type type, int bits, int width, int[] data) {
  /** The transforms in the order of their codes. */
  enum Type {
    PREDICTOR,
    COLOR,
    SUBTRACT_GREEN,
    COLOR_INDEXING
  }

  private static final int RED_AND_BLUE = 0xff00ff;
  private static final int ALPHA_AND_GREEN = 0xff00ff00;

  /** Undoes the transform; returns the array with the result. // [height, width] */
  int[] undo(int[] pixels, int height) {
    return switch (type) {
      case PREDICTOR -> Vp8lPredictor.undo(pixels, width, bits, data);
      case COLOR -> undoColor(pixels);
      case SUBTRACT_GREEN -> addGreen(pixels);
      case COLOR_INDEXING -> expand(pixels, height);
    };
  }

  /** Adds two pixels channel by channel, modulo 256. */
  static int add(int a, int b) {
    return (a & ALPHA_AND_GREEN) + (b & ALPHA_AND_GREEN) & ALPHA_AND_GREEN
        | (a & RED_AND_BLUE) + (b & RED_AND_BLUE) & RED_AND_BLUE;
  }

  private static int[] addGreen(int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      int green = pixels[i] >> 8 & 0xff;
      pixels[i] = add(pixels[i], green << 16 | green);
    }
    return pixels;
  }

  private int[] undoColor(int[] pixels) {
    int across = Vp8lPixels.blocks(width, bits);
    for (int i = 0; i < pixels.length; i++) {
      int factors = data[(i / width >> bits) * across + (i % width >> bits)];
      int green = pixels[i] >> 8;
      int red = (pixels[i] >> 16) + delta(factors, green);
      int blue = pixels[i] + delta(factors >> 8, green) + delta(factors >> 16, red);
      pixels[i] = pixels[i] & ALPHA_AND_GREEN | (red & 0xff) << 16 | blue & 0xff;
    }
    return pixels;
  }

  private static int delta(int factor, int color) {
    return (byte) factor * (byte) color >> 5;
  }

  private int[] expand(int[] packed, int height) {
    int[] pixels = new int[Math.multiplyExact(width, height)];
    int across = Vp8lPixels.blocks(width, bits);
    int size = 8 >> bits;
    for (int y = 0, out = 0; y < height; y++) {
      for (int x = 0; x < width; x++, out++) {
        int green = packed[y * across + (x >> bits)] >> 8 & 0xff;
        int index = green >> (x & (1 << bits) - 1) * size & (1 << size) - 1;
        pixels[out] = index < data.length ? data[index] : 0;
      }
    }
    return pixels;
  }
}
