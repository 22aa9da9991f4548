package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.internal.EncodedImage;
import java.util.Arrays;

/**
 * How a page of a TIFF file stores its pixels, checked.
 *
 * @param width in pixels
 * @param height in pixels
 * @param bits bits of a sample, the same for all
 * @param samples samples of a pixel
 * @param photometric 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr
 * @param kind whether samples are unsigned, signed or floating point
 * @param associatedAlpha whether colours are multiplied by alpha
 * @param planar whether each sample has its own strips
 * @param compression the code of the tag
 * @param predictor 1 none, 2 differences, 3 differences of floating point
 * @param reversedBits whether the least significant bit of a byte comes first
 * @param chunkWidth columns of a tile, or of the image for strips
 * @param chunkHeight rows of a tile or strip
 * @param tiled whether chunks are tiles
 * @param mode the mode in which Pillow opens the file
 */
record TiffLayout(
    int width,
    int height,
    int bits,
    int samples,
    int photometric,
    Kind kind,
    boolean associatedAlpha,
    boolean planar,
    int compression,
    int predictor,
    boolean reversedBits,
    int chunkWidth,
    int chunkHeight,
    boolean tiled,
    ColorMode mode) {
  /** What the bits of a sample mean. */
  enum Kind {
    UNSIGNED,
    SIGNED,
    FLOAT
  }

  static final int NONE = 1;
  static final int CCITT_RLE = 2;
  static final int CCITT_T4 = 3;
  static final int CCITT_T6 = 4;
  static final int LZW = 5;
  static final int JPEG = 7;
  static final int DEFLATE = 8;
  static final int DEFLATE_OLD = 32_946;
  static final int PACK_BITS = 32_773;

  static final int CMYK = 5;
  static final int YCBCR = 6;

  static TiffLayout of(EncodedImage image, TiffDirectory tags) {
    int width = tags.required(256, "the width");
    int height = tags.required(257, "the height");
    int samples = (int) Math.min(tags.number(277, 1), 64);
    int bits = bits(image, tags, samples);
    image.checkSize(width, height, 2 * ((samples * bits + 7) / 8));
    boolean tiled = tags.has(322);
    int chunkWidth = tiled ? tags.required(322, "the width of tiles") : width;
    int chunkHeight =
        tiled
            ? tags.required(323, "the height of tiles")
            : (int) Math.min(height, Math.max(1, tags.number(278, height)));
    image.checkSize(chunkWidth, chunkHeight, 2 * ((samples * bits + 7) / 8));
    int photometric = (int) tags.number(262, 0);
    long extra = tags.number(338, -1);
    long kind = tags.number(339, 1);
    TiffLayout layout =
        new TiffLayout(
            width,
            height,
            bits,
            samples,
            photometric,
            kind == 2 ? Kind.SIGNED : kind == 3 ? Kind.FLOAT : Kind.UNSIGNED,
            extra == 1 && photometric == 2 && samples > 3,
            tags.number(284, 1) == 2 && samples > 1,
            (int) tags.number(259, NONE),
            (int) tags.number(317, 1),
            tags.number(266, 1) == 2,
            chunkWidth,
            chunkHeight,
            tiled,
            mode(photometric, bits, samples, extra, kind, tags.bytes().isLittleEndian()));
    layout.check(image, kind);
    return layout;
  }

  /** Returns the bytes of a row of a chunk, for one sample per pixel if planar. */
  int rowBytes() {
    long perPixel = (long) bits * (planar ? 1 : samples);
    return Math.toIntExact((chunkWidth * perPixel + 7) / 8);
  }

  int chunksAcross() {
    return (width + chunkWidth - 1) / chunkWidth;
  }

  int chunksDown() {
    return (height + chunkHeight - 1) / chunkHeight;
  }

  /** Returns how many samples of a pixel become colours or an index. */
  int colors() {
    return switch (photometric) {
      case 2, YCBCR -> 3;
      case CMYK -> 4;
      default -> 1;
    };
  }

  private void check(EncodedImage image, long sampleKind) {
    boolean gray = photometric == 0 || photometric == 1;
    boolean integers = kind != Kind.FLOAT && sampleKind >= 1 && sampleKind <= 3;
    boolean known =
        switch (photometric) {
          case 0, 1 ->
              kind == Kind.FLOAT
                  ? bits == 32 && samples == 1
                  : bits <= 8 || (samples == 1 && (bits == 12 || bits == 16 || bits == 32));
          case 2, CMYK -> bits == 8 || bits == 16;
          case 3 -> bits <= 8;
          case YCBCR -> bits == 8 && compression == JPEG && !planar;
          default -> false;
        };
    if (!known || !integers && !gray || samples < colors() || kind == Kind.SIGNED && bits <= 8) {
      throw image.unsupported(
          "page",
          "grey, RGB, palette, CMYK or JPEG-coded YCbCr in 1 to 16 bits",
          "photometric interpretation %d, %d samples of %d bits, sample format %d"
              .formatted(photometric, samples, bits, sampleKind));
    }
    if (predictor < 1 || predictor > 3 || predictor == 3 && kind != Kind.FLOAT) {
      throw image.unsupported("page", "predictor 1, 2 or 3", predictor);
    }
    if (predictor == 2 && bits != 8 && bits != 16 && bits != 32) {
      throw image.unsupported("page", "8, 16 or 32 bits with predictor 2", bits);
    }
  }

  private static int bits(EncodedImage image, TiffDirectory tags, int samples) {
    long[] bits = tags.numbers(258);
    int first = bits.length == 0 ? 1 : (int) Math.min(bits[0], 64);
    boolean same = Arrays.stream(bits).limit(samples).allMatch(b -> b == first);
    boolean known =
        switch (first) {
          case 1, 2, 4, 8, 12, 16, 32 -> true;
          default -> false;
        };
    if (!same || !known || samples < 1 || samples > 6) {
      throw image.unsupported(
          "page",
          "1 to 6 samples of the same 1, 2, 4, 8, 12, 16 or 32 bits",
          "%d samples of %d bits".formatted(samples, first));
    }
    return first;
  }

  private static ColorMode mode(
      int photometric, int bits, int samples, long extra, long kind, boolean littleEndian) {
    return switch (photometric) {
      case 2 -> samples == 3 ? ColorMode.RGB : extra == 0 ? ColorMode.RGBX : ColorMode.RGBA;
      case 3 -> samples > 1 ? ColorMode.PA : ColorMode.P;
      case CMYK -> ColorMode.CMYK;
      case YCBCR -> ColorMode.RGB;
      default -> {
        if (kind == 3) {
          yield ColorMode.F;
        }
        if (kind == 2 || bits == 32) {
          yield ColorMode.I;
        }
        if (bits > 8) {
          yield littleEndian ? ColorMode.I16 : ColorMode.I16B;
        }
        yield bits == 1 ? ColorMode.BILEVEL : samples > 1 ? ColorMode.LA : ColorMode.L;
      }
    };
  }
}
