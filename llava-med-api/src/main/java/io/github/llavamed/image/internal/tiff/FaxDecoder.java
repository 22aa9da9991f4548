package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.image.internal.EncodedImage;
import java.util.Arrays;

/**
 * Unpacks CCITT fax codes of one strip: modified Huffman rows, T.4 in one or two dimensions, T.6.
 *
 * <p>Rows come as positions where the colour changes; white is a 0 bit and black a 1 bit, whatever
 * the photometric interpretation. Rows that do not add up to the width are refused.
 */
final class FaxDecoder {
  private static final int END_OF_LINE_ZEROS = 11;
  private static final int TWO_DIMENSIONAL = 1;

  private final EncodedImage image;
  private final byte[] codes;
  private final int width;
  private final int compression;
  private final boolean twoDimensional;
  private long bit;

  // Positions of changes, white to black first, followed by the width.
  private int[] reference;
  private int[] current;
  private int changes;
  private int last;

  FaxDecoder(EncodedImage image, byte[] codes, int width, int compression, long t4Options) {
    this.image = image;
    this.codes = codes;
    this.width = width;
    this.compression = compression;
    this.twoDimensional = (t4Options & TWO_DIMENSIONAL) != 0;
    this.reference = new int[width + 4];
    this.current = new int[width + 4];
  }

  /** Returns packed rows of one bit per pixel. */
  byte[] decode(int rows) {
    int rowBytes = (width + 7) / 8;
    byte[] packed = new byte[Math.multiplyExact(rows, rowBytes)];
    Arrays.fill(reference, width);
    for (int y = 0; y < rows; y++) {
      row(y);
      for (int i = changes; i < current.length; i++) {
        current[i] = width;
      }
      for (int i = 0; i < changes; i += 2) {
        fill(packed, y * rowBytes, current[i], current[i + 1]);
      }
      int[] swap = reference;
      reference = current;
      current = swap;
    }
    return packed;
  }

  private void row(int y) {
    changes = 0;
    last = 0;
    switch (compression) {
      case TiffLayout.CCITT_RLE -> {
        bit = bit + 7 & ~7L; // rows begin at whole bytes
        oneDimension();
      }
      case TiffLayout.CCITT_T6 -> twoDimensions(y);
      default -> {
        skipEndOfLine();
        if (twoDimensional && take(1) == 0) {
          twoDimensions(y);
        } else {
          oneDimension();
        }
      }
    }
  }

  private void oneDimension() {
    boolean black = false;
    for (int at = 0; at < width; black = !black) {
      at += run(black);
      change(at);
    }
  }

  private void twoDimensions(int y) {
    int at = -1;
    boolean black = false;
    int search = 0;
    while (at < width) {
      // b1: the first change right of here to the other colour, in the row above
      while (search > 0 && reference[search - 1] > at) {
        search--;
      }
      while (reference[search] < width && (reference[search] <= at || search % 2 == 1 != black)) {
        search++;
      }
      int above = reference[search];
      if (take(1) == 1) {
        at = vertical(above);
      } else {
        int next = take(2);
        if (next == 1) { // 001
          int start = Math.max(0, at);
          int middle = start + run(black);
          change(middle);
          at = middle + run(!black);
          change(at);
          continue;
        }
        if (next >= 2) { // 011, 010
          at = vertical(next == 3 ? above + 1 : above - 1);
        } else if (take(1) == 1) { // 0001
          at = reference[search + 1];
          continue;
        } else {
          at = vertical(above + farOffset(y));
        }
      }
      black = !black;
    }
  }

  /** Reads the rest of a code that began with 0000. */
  private int farOffset(int y) {
    int next = take(2);
    if (next == 3) { // 000011
      return 2;
    }
    if (next == 2) { // 000010
      return -2;
    }
    if (next == 1) { // 0000011, 0000010
      return take(1) == 1 ? 3 : -3;
    }
    throw broken("row %d to follow".formatted(y), "an end code or an extension");
  }

  private int vertical(int at) {
    change(at);
    return at;
  }

  /** Notes that the colour changes; two changes at the same place are none. */
  private void change(int at) {
    if (at < last || at > width) {
      throw broken("a change between %d and %d".formatted(last, width), String.valueOf(at));
    }
    last = at;
    if (changes > 0 && current[changes - 1] == at) {
      changes--;
    } else {
      current[changes++] = at;
    }
  }

  /** Reads the length of a run: codes of whole 64s, then one of less. */
  private int run(boolean black) {
    FaxCodes table = black ? FaxCodes.BLACK : FaxCodes.WHITE;
    int run = 0;
    while (true) {
      int bits = peek(FaxCodes.MOST_BITS);
      int length = table.length(bits);
      if (length == 0) {
        throw broken("a run-length code", "bits " + Integer.toBinaryString(bits));
      }
      skip(length);
      run += table.run(bits);
      if (run > width) {
        throw broken("runs of at most " + width, String.valueOf(run));
      }
      if (table.run(bits) < 64) {
        return run;
      }
    }
  }

  /** Steps over an end-of-line code and the fill before it, if there is one. */
  private void skipEndOfLine() {
    long start = bit;
    int zeros = 0;
    while (bit < codes.length * 8L && peek(1) == 0) {
      zeros++;
      bit++;
    }
    if (zeros >= END_OF_LINE_ZEROS) {
      skip(1);
    } else {
      bit = start;
    }
  }

  private static void fill(byte[] packed, int row, int from, int to) {
    for (int x = from; x < to; x++) {
      packed[row + (x >> 3)] |= (byte) (0x80 >> (x & 7));
    }
  }

  private int take(int count) {
    int value = peek(count);
    skip(count);
    return value;
  }

  /** Returns the next bits, at most 13; those behind the end are 0. */
  private int peek(int count) {
    int at = (int) (bit >> 3);
    int window = 0;
    for (int i = at; i < at + 3; i++) {
      window = window << 8 | (i < codes.length ? codes[i] & 0xff : 0);
    }
    return window >> 24 - count - (int) (bit & 7) & (1 << count) - 1;
  }

  private void skip(int count) {
    bit += count;
    if (bit > codes.length * 8L) {
      throw broken("more codes", "the end of the strip");
    }
  }

  private ImageRejectedException broken(String expected, String found) {
    return image.broken("fax codes at bit " + bit, expected, found);
  }
}
