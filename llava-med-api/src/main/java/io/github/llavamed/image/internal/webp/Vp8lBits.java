package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.EncodedImage;

/** Reads bits of VP8L, least significant first; refuses to read beyond the end. */
final class Vp8lBits {
  private final EncodedImage image;
  private final byte[] bytes;
  private final int end;
  private int at;
  private long window;
  private int available;

  Vp8lBits(EncodedImage image, int from, int to) {
    this.image = image;
    this.bytes = image.bytes();
    this.at = from;
    this.end = to;
  }

  /** Reads an unsigned number of at most 24 bits. */
  int number(int bits) {
    while (available < bits) {
      if (at == end) {
        throw image.broken("VP8L", "more data", "the end of the bit stream at byte " + end);
      }
      window |= (bytes[at++] & 0xffL) << available;
      available += 8;
    }
    int number = (int) (window & (1L << bits) - 1);
    window >>>= bits;
    available -= bits;
    return number;
  }

  /** Reads one bit. */
  boolean flag() {
    return number(1) == 1;
  }

  /** Returns the image, to refuse it. */
  EncodedImage image() {
    return image;
  }
}
