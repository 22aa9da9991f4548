package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.RgbImage;
import java.util.Arrays;

/**
 * Resizes 8-bit RGB as Pillow's {@code resize(..., BICUBIC)} does, bit for bit.
 *
 * <p>Horizontal pass first, rounded to 8 bits, then the vertical pass. Only the rows and columns
 * that a window of the result needs are computed. Both inner loops run over consecutive integers
 * with one weight, which the JIT compiler turns into vector instructions.
 */
public final class BicubicResampler {
  /** Rows that the horizontal pass takes at once: enough to fill vectors, few enough to cache. */
  private static final int BLOCK_ROWS = 16;

  private static final int BLOCK = BLOCK_ROWS * 3;

  private BicubicResampler() {}

  /** Returns the image at another size. */
  public static RgbImage resize(RgbImage image, int width, int height) {
    return resize(image, width, height, new Window(0, 0, width, height));
  }

  /** Returns a window of the image at another size, without computing the rest. */
  public static RgbImage resize(RgbImage image, int width, int height, Window window) {
    ResampleWeights vertical =
        ResampleWeights.of(image.height(), height, window.top(), window.bottom());
    boolean sameHeight = image.height() == height;
    int top = sameHeight ? window.top() : vertical.low();
    int bottom = sameHeight ? window.bottom() : vertical.high();
    int[] rows = horizontal(image, width, window, top, bottom); // [bottom - top, window.width * 3]
    byte[] rgb =
        new byte[Math.multiplyExact(Math.multiplyExact(window.width(), window.height()), 3)];
    int rowLength = window.width() * 3;
    if (sameHeight) {
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) rows[i];
      }
    } else {
      vertical(rows, rowLength, top, vertical, window, rgb);
    }
    return new RgbImage(window.width(), window.height(), rgb, ColorMode.RGB);
  }

  private static int[] horizontal(RgbImage image, int width, Window window, int top, int bottom) {
    int rowLength = window.width() * 3;
    int[] rows = new int[Math.multiplyExact(bottom - top, rowLength)];
    if (image.width() == width) {
      for (int y = top; y < bottom; y++) {
        int in = (y * width + window.left()) * 3;
        for (int i = 0; i < rowLength; i++) {
          rows[(y - top) * rowLength + i] = image.rgb()[in + i] & 0xff;
        }
      }
      return rows;
    }
    ResampleWeights weights =
        ResampleWeights.of(image.width(), width, window.left(), window.right());
    int low = weights.low();
    int[] columns = new int[Math.multiplyExact(weights.high() - low, BLOCK)]; // [columns, rows, 3]
    int[] sums = new int[BLOCK];
    for (int y = top; y < bottom; y += BLOCK_ROWS) {
      int height = Math.min(BLOCK_ROWS, bottom - y);
      transpose(image, low, weights.high(), y, height, columns);
      for (int x = window.left(); x < window.right(); x++) {
        Arrays.fill(sums, 1 << ResampleWeights.PRECISION_BITS - 1);
        int start = (weights.first(x) - low) * BLOCK;
        for (int i = 0; i < weights.count(x); i++) {
          addScaled(sums, columns, start + i * BLOCK, BLOCK, weights.weight(x, i));
        }
        int out = (y - top) * rowLength + (x - window.left()) * 3;
        for (int r = 0; r < height; r++, out += rowLength) {
          rows[out] = round(sums[r * 3]);
          rows[out + 1] = round(sums[r * 3 + 1]);
          rows[out + 2] = round(sums[r * 3 + 2]);
        }
      }
    }
    return rows;
  }

  /** Puts the pixels of one column of a block of rows beside each other. */
  private static void transpose(
      RgbImage image, int low, int high, int top, int height, int[] columns) {
    byte[] rgb = image.rgb();
    for (int r = 0; r < height; r++) {
      int in = ((top + r) * image.width() + low) * 3;
      int out = r * 3;
      for (int x = low; x < high; x++, in += 3, out += BLOCK) {
        columns[out] = rgb[in] & 0xff;
        columns[out + 1] = rgb[in + 1] & 0xff;
        columns[out + 2] = rgb[in + 2] & 0xff;
      }
    }
  }

  private static void vertical(
      int[] rows, int rowLength, int top, ResampleWeights weights, Window window, byte[] rgb) {
    int[] sums = new int[rowLength];
    for (int y = window.top(); y < window.bottom(); y++) {
      Arrays.fill(sums, 1 << ResampleWeights.PRECISION_BITS - 1);
      int start = (weights.first(y) - top) * rowLength;
      for (int i = 0; i < weights.count(y); i++) {
        addScaled(sums, rows, start + i * rowLength, rowLength, weights.weight(y, i));
      }
      int out = (y - window.top()) * rowLength;
      for (int i = 0; i < rowLength; i++) {
        rgb[out + i] = (byte) round(sums[i]);
      }
    }
  }

  private static void addScaled(int[] sums, int[] values, int start, int length, int weight) {
    for (int i = 0; i < length; i++) {
      sums[i] += values[start + i] * weight;
    }
  }

  private static int round(int sum) {
    return Math.max(0, Math.min(255, sum >> ResampleWeights.PRECISION_BITS));
  }
}
