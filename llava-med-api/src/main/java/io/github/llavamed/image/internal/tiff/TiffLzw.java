package io.github.llavamed.image.internal.tiff;

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

  private TiffLzw() {}

  /** Returns so many bytes. */
  static byte[] decode(EncodedImage image, byte[] packed, int size) {
    byte[] out = new byte[size];
    // Every code but the first of a run is a stretch of the output: where it began, how long.
    int[] start = new int[MOST_CODES];
    int[] length = new int[MOST_CODES];
    int next = FIRST;
    int bits = 9;
    int filled = 0;
    int previousStart = -1;
    int previousLength = 0;
    long bit = 0;
    while (filled < size) {
      if (bit + bits > packed.length * 8L) {
        throw image.broken("strip", size + " bytes of samples", filled + " bytes");
      }
      int code = code(packed, bit, bits);
      bit += bits;
      if (code == CLEAR) {
        next = FIRST;
        bits = 9;
        previousStart = -1;
        continue;
      }
      if (code == END || code > next || code >= FIRST && previousStart < 0) {
        throw image.broken(
            "strip", "%d bytes of samples".formatted(size), "code %d".formatted(code));
      }
      if (previousStart >= 0 && next < MOST_CODES) {
        start[next] = previousStart;
        length[next] = previousLength + 1;
        next++;
      }
      int from = filled;
      if (code < CLEAR) {
        out[filled++] = (byte) code;
      } else {
        for (int i = 0; i < length[code] && filled < size; i++) {
          out[filled++] = out[start[code] + i];
        }
      }
      previousStart = from;
      previousLength = code < CLEAR ? 1 : length[code];
      if (next == (1 << bits) - 1 && bits < 12) {
        bits++;
      }
    }
    return out;
  }

  private static int code(byte[] packed, long bit, int bits) {
    int at = (int) (bit >> 3);
    int window = 0;
    for (int i = 0; i < 3; i++) {
      window = window << 8 | (at + i < packed.length ? packed[at + i] & 0xff : 0);
    }
    return window >> 24 - bits - (int) (bit & 7) & (1 << bits) - 1;
  }
}
