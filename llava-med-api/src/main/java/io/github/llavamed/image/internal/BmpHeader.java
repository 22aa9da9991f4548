package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;

/**
 * The headers of a BMP file, checked.
 *
 * @param width in pixels
 * @param height in pixels
 * @param topDown whether the first row in the file is the upper one
 * @param bits per pixel: 1, 4, 8, 16, 24 or 32
 * @param compression 0 none, 1 runs of bytes, 2 runs of half bytes, 3 channel masks
 * @param masks bits of red, green and blue in a pixel of 16 or 32 bits, else empty
 * @param palette 256 colours for up to 8 bits, else empty
 * @param mode the mode in which Pillow opens the file
 * @param data offset of the pixels
 */
@SuppressWarnings("ArrayRecordComponent")
record BmpHeader(
    int width,
    int height,
    boolean topDown,
    int bits,
    int compression,
    int[] masks,
    byte[] palette,
    ColorMode mode,
    int data) {
  private static final int INFO = 14;
  private static final int OS2_V1 = 12;
  private static final int MASKS_IN_HEADER = 52;
  private static final int MASKS = 3;

  static BmpHeader read(EncodedImage image) {
    ByteView in = image.littleEndian();
    int size = in.s32(INFO);
    if (size != OS2_V1 && (size < 40 || size > 124)) {
      throw image.unsupported("header", "12 or 40 to 124 bytes", size);
    }
    in.check(INFO, size);
    boolean small = size == OS2_V1;
    long width = small ? in.u16(INFO + 4) : in.u32(INFO + 4);
    long signed = small ? in.u16(INFO + 6) : in.s32(INFO + 8);
    long height = Math.abs(signed);
    int bits = in.u16(INFO + (small ? 10 : 14));
    int compression = small ? 0 : in.s32(INFO + 16);
    checkCoding(image, bits, compression);
    image.checkSize(width, height, compression == 1 || compression == 2 ? 1 : 0);
    int colors = colors(image, in, small, bits);
    boolean separateMasks = compression == MASKS && size < MASKS_IN_HEADER;
    int afterHeader = INFO + size + (separateMasks ? 12 : 0);
    int entry = small ? 3 : 4;
    byte[] palette = bits > 8 ? new byte[0] : palette(image, in, afterHeader, colors, entry);
    long offset = in.u32(10);
    if (offset == 0 || bits <= 8 && offset == INFO + size) {
      offset = afterHeader + (bits <= 8 ? (long) colors * entry : 0);
    }
    return new BmpHeader(
        (int) width,
        (int) height,
        signed < 0,
        bits,
        compression,
        bits == 16 || bits == 32 ? masks(in, INFO + 40, bits, compression) : new int[0],
        palette,
        mode(palette, colors, bits, compression, in, size),
        in.check(offset, 0));
  }

  private static void checkCoding(EncodedImage image, int bits, int compression) {
    boolean known =
        switch (compression) {
          case 0 -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
          case 1 -> bits == 8;
          case 2 -> bits == 4;
          case MASKS -> bits == 16 || bits == 24 || bits == 32;
          default -> false;
        };
    if (!known) {
      throw image.unsupported(
          "header",
          "compression 0 to 3 with a depth that goes with it",
          "compression %d with %d bits".formatted(compression, bits));
    }
  }

  private static int colors(EncodedImage image, ByteView in, boolean small, int bits) {
    if (bits > 8) {
      return 0;
    }
    long declared = small ? 0 : in.u32(INFO + 32);
    if (declared > 65_536) {
      throw image.broken("header", "at most 65536 colours", declared);
    }
    return declared == 0 ? 1 << bits : (int) declared;
  }

  private static byte[] palette(
      EncodedImage image, ByteView in, int at, int colors, int entryBytes) {
    in.check(at, (long) colors * entryBytes);
    byte[] rgb = new byte[Math.min(colors, 256) * 3];
    for (int i = 0; i < rgb.length / 3; i++) {
      rgb[i * 3] = (byte) in.u8(at + i * entryBytes + 2L);
      rgb[i * 3 + 1] = (byte) in.u8(at + i * entryBytes + 1L);
      rgb[i * 3 + 2] = (byte) in.u8(at + (long) i * entryBytes);
    }
    return Rgb.palette(rgb, 0, rgb.length / 3);
  }

  private static int[] masks(ByteView in, int at, int bits, int compression) {
    if (compression == MASKS) {
      int[] masks = {in.s32(at), in.s32(at + 4L), in.s32(at + 8L)};
      if ((masks[0] | masks[1] | masks[2]) != 0) {
        return masks;
      }
    }
    return bits == 16 ? new int[] {0x7c00, 0x3e0, 0x1f} : new int[] {0xff0000, 0xff00, 0xff};
  }

  private static ColorMode mode(
      byte[] palette, int colors, int bits, int compression, ByteView in, int size) {
    if (bits > 8) {
      boolean alpha =
          bits == 32 && compression == MASKS && size >= 56 && in.s32(INFO + MASKS_IN_HEADER) != 0;
      return alpha ? ColorMode.RGBA : ColorMode.RGB;
    }
    if (colors == 2) {
      boolean bilevel = true;
      for (int i = 0; i < 6; i++) {
        bilevel &= palette[i] == (byte) (i < 3 ? 0 : 255);
      }
      return bilevel ? ColorMode.BILEVEL : ColorMode.P;
    }
    for (int i = 0; i < Math.min(colors, 256) * 3; i++) {
      if ((palette[i] & 0xff) != i / 3) {
        return ColorMode.P;
      }
    }
    return ColorMode.L;
  }
}
