package io.github.llavamed.image.internal;

import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;

/** Decodes BMP: palettes, 16, 24 and 32 bits, run lengths; alpha is dropped. */
final class BmpDecoder implements FrameDecoder {
  @Override
  public ImageInfo info(EncodedImage image) {
    BmpHeader header = BmpHeader.read(image);
    return new ImageInfo(image.format(), header.mode(), header.width(), header.height(), 1);
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    BmpHeader header = BmpHeader.read(image);
    boolean runs = header.compression() == 1 || header.compression() == 2;
    byte[] rgb = runs ? fromRuns(image, header) : fromRows(image, header);
    return new RgbImage(header.width(), header.height(), rgb, header.mode());
  }

  private static byte[] fromRuns(EncodedImage image, BmpHeader header) {
    byte[] indices = new BmpRuns(image, header).decode();
    byte[] rgb = new byte[indices.length * 3];
    for (int y = 0; y < header.height(); y++) {
      int out = row(header, y) * header.width() * 3;
      for (int x = 0; x < header.width(); x++, out += 3) {
        int index = indices[y * header.width() + x] & 0xff;
        System.arraycopy(header.palette(), index * 3, rgb, out, 3);
      }
    }
    return rgb;
  }

  private static byte[] fromRows(EncodedImage image, BmpHeader header) {
    ByteView in = image.littleEndian();
    long rowBits = (long) header.width() * header.bits();
    long stride = (rowBits + 31) / 32 * 4;
    in.check(header.data(), stride * (header.height() - 1) + (rowBits + 7) / 8);
    byte[] rgb = new byte[header.width() * header.height() * 3];
    for (int y = 0; y < header.height(); y++) {
      long from = header.data() + stride * y;
      int out = row(header, y) * header.width() * 3;
      switch (header.bits()) {
        case 1, 4, 8 -> indexed(in, from, header, rgb, out);
        case 24 -> blueFirst(in, from, header.width(), rgb, out);
        default -> masked(in, from, header, rgb, out);
      }
    }
    return rgb;
  }

  private static int row(BmpHeader header, int y) {
    return header.topDown() ? y : header.height() - 1 - y;
  }

  private static void indexed(ByteView in, long from, BmpHeader header, byte[] rgb, int start) {
    int bits = header.bits();
    int out = start;
    for (int x = 0; x < header.width(); x++, out += 3) {
      int bit = x * bits;
      int index = in.u8(from + (bit >> 3)) >> 8 - bits - (bit & 7) & (1 << bits) - 1;
      System.arraycopy(header.palette(), index * 3, rgb, out, 3);
    }
  }

  private static void blueFirst(ByteView in, long from, int width, byte[] rgb, int start) {
    for (int i = 0; i < width * 3; i += 3) {
      rgb[start + i] = (byte) in.u8(from + i + 2);
      rgb[start + i + 1] = (byte) in.u8(from + i + 1);
      rgb[start + i + 2] = (byte) in.u8(from + i);
    }
  }

  private static void masked(ByteView in, long from, BmpHeader header, byte[] rgb, int start) {
    int bytes = header.bits() / 8;
    int out = start;
    for (int x = 0; x < header.width(); x++, out += 3) {
      long at = from + (long) x * bytes;
      int pixel = bytes == 2 ? in.u16(at) : in.s32(at);
      for (int c = 0; c < 3; c++) {
        rgb[out + c] = (byte) channel(pixel, header.masks()[c]);
      }
    }
  }

  /** Scales the bits under a mask to 0..255, rounded down. */
  private static long channel(int pixel, int mask) {
    if (mask == 0) {
      return 0;
    }
    int shift = Integer.numberOfTrailingZeros(mask);
    long most = mask >>> shift;
    return ((pixel & mask) >>> shift) * 255L / most;
  }
}
