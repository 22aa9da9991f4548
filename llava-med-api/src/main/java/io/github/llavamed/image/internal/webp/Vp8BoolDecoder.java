package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.EncodedImage;

/** The arithmetic decoder of VP8 (RFC 6386, section 7); refuses to read beyond its partition. */
final class Vp8BoolDecoder {
  private final EncodedImage image;
  private final byte[] bytes;
  private final int end;
  private int at;
  private int value; // the bits read and not yet consumed, the topmost compared with the split
  private int range = 255;
  private int extraBits = -8; // bits of value below the eight that are compared
  private boolean ended;

  Vp8BoolDecoder(EncodedImage image, int from, int to) {
    this.image = image;
    this.bytes = image.bytes();
    this.at = from;
    this.end = to;
  }

  /** Reads a bit that is 0 with a probability of so many in 256. */
  int bit(int probability) {
    if (extraBits < 0) {
      load();
    }
    int split = 1 + ((range - 1) * probability >> 8);
    int bigSplit = split << extraBits;
    int bit;
    if (value >= bigSplit) {
      value -= bigSplit;
      range -= split;
      bit = 1;
    } else {
      range = split;
      bit = 0;
    }
    int shift = Integer.numberOfLeadingZeros(range) - 24;
    range <<= shift;
    extraBits -= shift;
    return bit;
  }

  /** Reads a bit that is 0 or 1 with equal probability. */
  boolean flag() {
    return bit(128) == 1;
  }

  /** Reads an unsigned number, most significant bit first. */
  int number(int bits) {
    int number = 0;
    for (int i = 0; i < bits; i++) {
      number = number << 1 | bit(128);
    }
    return number;
  }

  /** Reads a number and its sign, or 0 if a flag says that there is none. */
  int optionalSigned(int bits) {
    if (!flag()) {
      return 0;
    }
    int number = number(bits);
    return flag() ? -number : number;
  }

  /** Refuses the image if more bits were read than the partition holds. */
  void checkNotEnded() {
    if (ended) {
      throw image.broken("VP8 partition", "more data", "its end at byte " + end);
    }
  }

  private void load() {
    int next = 0;
    if (at < end) {
      next = bytes[at++] & 0xff;
    } else {
      ended = true;
    }
    value = value << 8 | next;
    extraBits += 8;
  }
}
