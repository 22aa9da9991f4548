package io.github.llavamed.image.internal.webp;

import java.util.Arrays;

/** A prefix code of VP8L: reads its definition, then its symbols. */
final class Vp8lCode {
  private static final int MOST_LENGTH = 15;
  private static final int LENGTH_SYMBOLS = 19;
  private static final int[] LENGTH_ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  private final int[] symbols; // in the order of their codes
  private final int[] counts = new int[MOST_LENGTH + 1]; // codes of each length

  private Vp8lCode(Vp8lBits in, int[] lengths) {
    int used = 0;
    for (int length : lengths) {
      counts[length]++;
      used += length > 0 ? 1 : 0;
    }
    counts[0] = 0;
    symbols = new int[used];
    int[] next = new int[MOST_LENGTH + 2];
    long space = 0;
    for (int length = 1; length <= MOST_LENGTH; length++) {
      next[length + 1] = next[length] + counts[length];
      space += (long) counts[length] << MOST_LENGTH - length;
    }
    if (used == 0 || used > 1 && space != 1 << MOST_LENGTH) {
      throw in.image().broken("VP8L", "a complete prefix code", used + " symbols that are not");
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = symbol;
      }
    }
  }

  /** Reads the definition of a code over so many symbols. */
  static Vp8lCode read(Vp8lBits in, int alphabet) {
    int[] lengths = in.flag() ? simple(in, alphabet) : normal(in, alphabet);
    return new Vp8lCode(in, lengths);
  }

  /** Reads a symbol; a code of one symbol takes no bits. */
  int symbol(Vp8lBits in) {
    if (symbols.length == 1) {
      return symbols[0];
    }
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= MOST_LENGTH; length++) {
      code = code << 1 | in.number(1);
      int count = counts[length];
      if (code - first < count) {
        return symbols[index + code - first];
      }
      index += count;
      first = first + count << 1;
    }
    throw in.image().broken("VP8L", "a code of at most 15 bits", "none");
  }

  private static int[] simple(Vp8lBits in, int alphabet) {
    boolean two = in.flag();
    int[] lengths = new int[alphabet];
    int first = in.number(in.flag() ? 8 : 1);
    check(in, first, alphabet);
    lengths[first] = 1;
    if (two) {
      int second = in.number(8);
      check(in, second, alphabet);
      lengths[second] = 1;
    }
    return lengths;
  }

  private static int[] normal(Vp8lBits in, int alphabet) {
    int[] lengthLengths = new int[LENGTH_SYMBOLS];
    int count = 4 + in.number(4);
    for (int i = 0; i < Math.min(count, LENGTH_SYMBOLS); i++) {
      lengthLengths[LENGTH_ORDER[i]] = in.number(3);
    }
    Vp8lCode lengthCode = new Vp8lCode(in, lengthLengths);
    int left = alphabet;
    if (in.flag()) {
      left = 2 + in.number(2 + 2 * in.number(3));
      check(in, left - 1, alphabet);
    }
    int[] lengths = new int[alphabet];
    int previous = 8;
    for (int symbol = 0; symbol < alphabet && left > 0; left--) {
      int code = lengthCode.symbol(in);
      if (code < 16) {
        lengths[symbol++] = code;
        previous = code == 0 ? previous : code;
        continue;
      }
      int repeats =
          switch (code) {
            case 16 -> 3 + in.number(2);
            case 17 -> 3 + in.number(3);
            default -> 11 + in.number(7);
          };
      check(in, symbol + repeats - 1, alphabet);
      Arrays.fill(lengths, symbol, symbol + repeats, code == 16 ? previous : 0);
      symbol += repeats;
    }
    return lengths;
  }

  private static void check(Vp8lBits in, int symbol, int alphabet) {
    if (symbol >= alphabet) {
      throw in.image().broken("VP8L", "symbols below " + alphabet, symbol);
    }
  }
}
