package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.Rgb;

/** Writes the samples of strips and tiles into an RGB image. */
final class TiffPixels {
  private static final int COLOR_MAP = 320;

  private final TiffLayout layout;
  private final boolean littleEndian;
  private final byte[] palette;
  private final byte[] rgb; // [height, width, 3]

  TiffPixels(EncodedImage image, TiffDirectory tags, TiffLayout layout) {
    this.layout = layout;
    ByteView in = tags.bytes();
    this.littleEndian = in.isLittleEndian();
    this.palette = layout.photometric() == 3 ? palette(image, tags) : new byte[0];
    this.rgb = new byte[layout.width() * layout.height() * 3];
  }

  byte[] rgb() {
    return rgb;
  }

  /** Writes a chunk that holds all samples of its pixels. */
  void put(byte[] samples, int left, int top, int rows) {
    int columns = Math.min(layout.chunkWidth(), layout.width() - left);
    int[] pixel = new int[4];
    for (int y = 0; y < rows; y++) {
      int row = y * layout.rowBytes();
      int out = ((top + y) * layout.width() + left) * 3;
      for (int x = 0; x < columns; x++, out += 3) {
        int first = x * layout.samples();
        switch (layout.photometric()) {
          case 2, TiffLayout.YCBCR -> color(samples, row, first, out);
          case 3 -> System.arraycopy(palette, sample(samples, row, first) * 3, rgb, out, 3);
          case TiffLayout.CMYK -> {
            for (int c = 0; c < 4; c++) {
              pixel[c] = high(samples, row, first + c);
            }
            Rgb.fromCmyk(pixel[0], pixel[1], pixel[2], pixel[3], rgb, out);
          }
          default -> {
            byte gray = gray(samples, row, first);
            rgb[out] = gray;
            rgb[out + 1] = gray;
            rgb[out + 2] = gray;
          }
        }
      }
    }
  }

  /** Writes a chunk that holds one colour of its pixels. */
  void putPlane(byte[] samples, int plane, int left, int top, int rows) {
    int columns = Math.min(layout.chunkWidth(), layout.width() - left);
    for (int y = 0; y < rows; y++) {
      int row = y * layout.rowBytes();
      int out = ((top + y) * layout.width() + left) * 3 + plane;
      for (int x = 0; x < columns; x++, out += 3) {
        rgb[out] = (byte) high(samples, row, x);
      }
    }
  }

  private void color(byte[] samples, int row, int first, int out) {
    int alpha = layout.associatedAlpha() ? high(samples, row, first + 3) : 255;
    for (int c = 0; c < 3; c++) {
      int value = high(samples, row, first + c);
      rgb[out + c] = alpha == 255 ? (byte) value : alpha == 0 ? 0 : Rgb.clip(value * 255 / alpha);
    }
  }

  private byte gray(byte[] samples, int row, int index) {
    int value = sample(samples, row, index);
    return switch (layout.kind()) {
      case FLOAT -> clip(Float.intBitsToFloat(value));
      case SIGNED -> Rgb.clip(layout.bits() == 16 ? (short) value : value);
      case UNSIGNED -> {
        if (layout.bits() > 8) {
          // 32 bits are taken as signed and white-is-zero is not inverted, as in Pillow.
          yield Rgb.clip(value);
        }
        int most = (1 << layout.bits()) - 1;
        yield (byte) ((layout.photometric() == 0 ? most - value : value) * 255 / most);
      }
    };
  }

  private static byte clip(float value) {
    return value >= 255 ? (byte) 255 : value > 0 ? (byte) value : 0;
  }

  /** Returns a sample of 8 bits, or the high byte of one of 16. */
  private int high(byte[] samples, int row, int index) {
    return layout.bits() == 16 ? sample(samples, row, index) >> 8 : samples[row + index] & 0xff;
  }

  /** Returns the bits of a sample; those of 32-bit samples fill the integer. */
  private int sample(byte[] samples, int row, int index) {
    int bits = layout.bits();
    if (bits <= 12 && bits != 8) {
      long bit = (long) index * bits;
      int value = 0;
      for (int i = 0; i < bits; i++, bit++) {
        value = value << 1 | samples[row + (int) (bit >> 3)] >> 7 - (int) (bit & 7) & 1;
      }
      return value;
    }
    int bytes = bits / 8;
    int at = row + index * bytes;
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | samples[littleEndian ? at + bytes - 1 - i : at + i] & 0xff;
    }
    return value;
  }

  private byte[] palette(EncodedImage image, TiffDirectory tags) {
    long[] map = tags.numbers(COLOR_MAP);
    int colors = map.length / 3;
    if (map.length % 3 != 0 || colors < 1 << layout.bits()) {
      throw image.broken(
          "tag 320", "a palette of 3 x %d colours".formatted(1 << layout.bits()), map.length);
    }
    byte[] rgbs = new byte[Math.min(colors, 256) * 3];
    for (int i = 0; i < rgbs.length; i++) {
      rgbs[i] = (byte) (map[i % 3 * colors + i / 3] >> 8);
    }
    return Rgb.palette(rgbs, 0, rgbs.length / 3);
  }
}
