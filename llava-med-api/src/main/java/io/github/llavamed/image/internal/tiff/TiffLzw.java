package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.image.internal.EncodedImage;

/**
 * Unpacks the LZW of TIFF: codes of 9 to 12 bits, most significant bit first, one code earlier
 * wider than in GIF.
 */
final class TiffLzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST = 258;
  private static final int MOST_CODES = 4096;
  private static final int FEWEST_BITS = 9;
  private static final int MOST_BITS = 12;

  private final EncodedImage image;
  private final byte[] packed;
  private final byte[] out;
  private int filled;

  // A code above 257 is a stretch of the output: where it began, how long it is.
  private final int[] start = new int[MOST_CODES];
  private final int[] length = new int[MOST_CODES];
  private int next = FIRST;
  private int bits = FEWEST_BITS;
  private long bit;
  private int previousStart = -1;
  private int previousLength;

  private TiffLzw(EncodedImage image, byte[] packed, int size) {
    this.image = image;
    this.packed = packed;
    this.out = new byte[size];
  }

  /** Returns so many bytes. */
  static byte[] decode(EncodedImage image, byte[] packed, int size) {
    TiffLzw lzw = new TiffLzw(image, packed, size);
    while (lzw.filled < size) {
      lzw.step();
    }
    return lzw.out;
  }

  private void step() {
    int code = code();
    if (code == CLEAR) {
      next = FIRST;
      bits = FEWEST_BITS;
      previousStart = -1;
      return;
    }
    if (code == END || code > next || (code >= FIRST && previousStart < 0)) {
      throw broken("code " + code);
    }
    if (previousStart >= 0 && next < MOST_CODES) {
      start[next] = previousStart;
      length[next] = previousLength + 1;
      next++;
    }
    previousStart = filled;
    previousLength = code < CLEAR ? 1 : length[code];
    if (code < CLEAR) {
      out[filled++] = (byte) code;
    } else {
      // The stretch may reach into what is being written.
      for (int i = 0; i < length[code] && filled < out.length; i++) {
        out[filled++] = out[start[code] + i];
      }
    }
    if (next == (1 << bits) - 1 && bits < MOST_BITS) {
      bits++;
    }
  }

  private int code() {
    if (bit + bits > packed.length * 8L) {
      throw broken("the end of the strip");
    }
    int at = (int) (bit >> 3);
    int window = 0;
    for (int i = at; i < at + 3; i++) {
      window = window << 8 | (i < packed.length ? packed[i] & 0xff : 0);
    }
    int code = (window >> (24 - bits - (int) (bit & 7))) & ((1 << bits) - 1);
    bit += bits;
    return code;
  }

  private ImageRejectedException broken(String found) {
    return image.broken("strip", out.length + " bytes of samples", found + " after " + filled);
  }
}
