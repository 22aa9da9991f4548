package io.github.llavamed.image.internal;

/** Unpacks the run lengths of a BMP with 4 or 8 bits per pixel into palette indices. */
final class BmpRuns {
  private static final int END_OF_LINE = 0;
  private static final int END_OF_BITMAP = 1;
  private static final int DELTA = 2;

  private final EncodedImage image;
  private final ByteView in;
  private final int width;
  private final int height;
  private final boolean half;
  private final byte[] indices; // [height, width] in the order of the file
  private int at;
  private int x;
  private int y;

  BmpRuns(EncodedImage image, BmpHeader header) {
    this.image = image;
    this.in = image.littleEndian();
    this.width = header.width();
    this.height = header.height();
    this.half = header.bits() == 4;
    this.indices = new byte[width * height];
    this.at = header.data();
  }

  /** Returns one index per pixel, the first row in the file first. */
  byte[] decode() {
    while (y < height && !(y == height - 1 && x >= width)) {
      int count = in.u8(at);
      int value = in.u8(at + 1L);
      at += 2;
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          put(half ? i % 2 == 0 ? value >> 4 : value & 15 : value);
        }
        continue;
      }
      switch (value) {
        case END_OF_LINE -> {
          x = 0;
          y++;
        }
        case END_OF_BITMAP ->
            throw image.broken(
                "runs", width + " x " + height + " pixels", "the end at %d, %d".formatted(x, y));
        case DELTA -> {
          x += in.u8(at);
          y += in.u8(at + 1L);
          at += 2;
        }
        default -> literal(value);
      }
    }
    return indices;
  }

  private void literal(int count) {
    int bytes = half ? (count + 1) / 2 : count;
    in.check(at, bytes);
    for (int i = 0; i < count; i++) {
      int value = in.u8(at + (long) (half ? i / 2 : i));
      put(half ? i % 2 == 0 ? value >> 4 : value & 15 : value);
    }
    at += bytes + (bytes & 1);
  }

  /** Sets a pixel; what reaches beyond the row is dropped. */
  private void put(int index) {
    if (x < width && y < height) {
      indices[y * width + x] = (byte) index;
    }
    x++;
  }
}
