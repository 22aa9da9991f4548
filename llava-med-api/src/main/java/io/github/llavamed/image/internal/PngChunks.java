package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file that its pixels need, checked.
 *
 * <p>Text, profiles and all other ancillary chunks are stepped over without being unpacked. The
 * checksums of all chunks before the image data are checked, as in Pillow, and those of the image
 * data as well.
 *
 * @param width in pixels
 * @param height in pixels
 * @param bitDepth bits of a sample: 1, 2, 4, 8 or 16
 * @param colorType 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA
 * @param interlaced whether the rows come in the order of Adam7
 * @param palette 256 colours for colour type 3, else empty
 * @param frames number of frames; more than one in animated PNG
 * @param data offset and length of each piece of compressed image data
 */
@SuppressWarnings("ArrayRecordComponent")
record PngChunks(
    int width,
    int height,
    int bitDepth,
    int colorType,
    boolean interlaced,
    byte[] palette,
    int frames,
    List<int[]> data) {
  private static final int SIGNATURE = 8;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454e44;
  private static final int AC_TL = 0x6163544c;

  /** Reads the chunks up to the end of the image data. */
  static PngChunks read(EncodedImage image) {
    ByteView in = image.bigEndian();
    if (in.u32(SIGNATURE) != 13 || in.s32(SIGNATURE + 4) != IHDR) {
      throw image.broken("byte 8", "an IHDR chunk of 13 bytes", in.ascii(SIGNATURE + 4, 4));
    }
    checkCrc(image, in, SIGNATURE, 13);
    PngChunks header = header(image, in, SIGNATURE + 8);
    byte[] palette = new byte[0];
    int frames = 1;
    List<int[]> data = new ArrayList<>();
    long at = SIGNATURE + 25L;
    for (int type = 0; type != IEND; ) {
      if (!data.isEmpty() && at + 8 > in.size()) {
        break; // a missing IEND loses no pixels; missing image data is noticed by the rows
      }
      long length = in.u32(at);
      type = in.s32(at + 4);
      if (type != IDAT && !data.isEmpty()) {
        break; // what follows the image data does not matter
      }
      in.check(at, length + 12);
      checkCrc(image, in, (int) at, (int) length);
      if (type == IDAT) {
        data.add(new int[] {(int) at + 8, (int) length});
      } else if (type == PLTE) {
        palette = palette(image, (int) at + 8, (int) length);
      } else if (type == AC_TL && length == 8) {
        image.checkFrames(in.u32(at + 8));
        frames = Math.max(1, in.s32(at + 8));
      }
      at += length + 12;
    }
    if (data.isEmpty()) {
      throw image.broken("chunks", "image data (IDAT)", "none");
    }
    if (header.colorType == 3 && palette.length == 0) {
      throw image.broken("chunks", "a palette (PLTE) before the image data", "none");
    }
    return header.with(palette, frames, data);
  }

  int channels() {
    return switch (colorType) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /** Returns the mode in which Pillow opens the file. */
  ColorMode mode() {
    return switch (colorType) {
      case 0 -> bitDepth == 1 ? ColorMode.BILEVEL : bitDepth == 16 ? ColorMode.I : ColorMode.L;
      case 2 -> ColorMode.RGB;
      case 3 -> ColorMode.P;
      case 4 -> bitDepth == 16 ? ColorMode.RGBA : ColorMode.LA;
      default -> ColorMode.RGBA;
    };
  }

  /** Returns the bytes of a row of so many pixels, without the filter type. */
  int rowBytes(int columns) {
    return Math.toIntExact(((long) columns * channels() * bitDepth + 7) / 8);
  }

  private PngChunks with(byte[] colors, int count, List<int[]> pieces) {
    return new PngChunks(
        width, height, bitDepth, colorType, interlaced, colors, count, List.copyOf(pieces));
  }

  private static PngChunks header(EncodedImage image, ByteView in, int at) {
    int depth = in.u8(at + 8);
    int type = in.u8(at + 9);
    boolean known =
        switch (type) {
          case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known) {
      throw image.broken(
          "IHDR",
          "colour type 0, 2, 3, 4 or 6 with one of its bit depths",
          "colour type %d with %d bits".formatted(type, depth));
    }
    if (in.u8(at + 10) != 0 || in.u8(at + 11) != 0 || in.u8(at + 12) > 1) {
      throw image.broken(
          "IHDR",
          "compression 0, filter 0, interlace 0 or 1",
          "%d, %d, %d".formatted(in.u8(at + 10), in.u8(at + 11), in.u8(at + 12)));
    }
    image.checkSize(in.u32(at), in.u32(at + 4), 0);
    return new PngChunks(
        in.s32(at), in.s32(at + 4), depth, type, in.u8(at + 12) == 1, new byte[0], 1, List.of());
  }

  private static byte[] palette(EncodedImage image, int at, int length) {
    if (length == 0 || length % 3 != 0 || length > 768) {
      throw image.broken("PLTE", "1 to 256 colours of 3 bytes", length + " bytes");
    }
    return Rgb.palette(image.bytes(), at, length / 3);
  }

  private static void checkCrc(EncodedImage image, ByteView in, int at, int length) {
    CRC32 crc = new CRC32();
    crc.update(image.bytes(), at + 4, length + 4);
    long stored = in.u32(at + 8L + length);
    if (crc.getValue() != stored) {
      throw image.broken(
          "chunk " + in.ascii(at + 4, 4) + " at byte " + at,
          "checksum %08x".formatted(crc.getValue()),
          "%08x".formatted(stored));
    }
  }
}
