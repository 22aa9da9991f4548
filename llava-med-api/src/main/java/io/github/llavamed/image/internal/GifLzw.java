package io.github.llavamed.image.internal;

/** Unpacks the LZW codes of one GIF frame. */
final class GifLzw {
  private static final int MOST_CODES = 4096;

  private final EncodedImage image;
  private final ByteView in;
  private final int[] prefix = new int[MOST_CODES];
  private final byte[] last = new byte[MOST_CODES];
  private final int[] length = new int[MOST_CODES];
  private final int symbolBits;
  private int at;
  private int blockEnd;
  private int bits;
  private int bitCount;

  /**
   * Begins at the byte that holds the size of a symbol.
   *
   * @param start its offset in the file
   */
  GifLzw(EncodedImage image, int start) {
    this.image = image;
    this.in = image.littleEndian();
    this.symbolBits = in.u8(start);
    if (symbolBits < 1 || symbolBits > 8) {
      throw image.broken("frame", "symbols of 1 to 8 bits", symbolBits);
    }
    this.at = start + 1;
    this.blockEnd = at;
    for (int i = 0; i < 1 << symbolBits; i++) {
      last[i] = (byte) i;
      length[i] = 1;
    }
  }

  /** Returns so many symbols. */
  byte[] decode(int count) {
    byte[] out = new byte[count];
    int clear = 1 << symbolBits;
    int next = clear + 2;
    int size = symbolBits + 1;
    int previous = -1;
    int filled = 0;
    while (filled < count) {
      int code = code(size);
      if (code == clear) {
        next = clear + 2;
        size = symbolBits + 1;
        previous = -1;
        continue;
      }
      if (code == clear + 1) {
        throw image.broken("frame", count + " pixels", filled + " before the end code");
      }
      if (code > next || code == next && previous < 0 || code > clear && previous < 0) {
        throw image.broken("frame", "a code of at most " + next, code);
      }
      if (previous >= 0 && next < MOST_CODES) {
        prefix[next] = previous;
        length[next] = length[previous] + 1;
        last[next] = first(code == next ? previous : code);
        next++;
        if (next == 1 << size && size < 12) {
          size++;
        }
      }
      filled = write(code, out, filled);
      previous = code;
    }
    return out;
  }

  private byte first(int code) {
    int c = code;
    while (length[c] > 1) {
      c = prefix[c];
    }
    return last[c];
  }

  /** Writes the symbols of a code, as many as fit; returns the new fill level. */
  private int write(int code, byte[] out, int filled) {
    int end = filled + length[code];
    int c = code;
    for (int i = end - 1; i >= filled; i--) {
      if (i < out.length) {
        out[i] = last[c];
      }
      c = prefix[c];
    }
    return Math.min(end, out.length);
  }

  private int code(int size) {
    while (bitCount < size) {
      if (at == blockEnd) {
        int block = in.u8(at);
        if (block == 0) {
          throw image.broken("frame", "more pixels", "the end of the frame's data");
        }
        in.check(at + 1L, block);
        at++;
        blockEnd = at + block;
      }
      bits |= in.u8(at++) << bitCount;
      bitCount += 8;
    }
    int code = bits & (1 << size) - 1;
    bits >>>= size;
    bitCount -= size;
    return code;
  }
}
