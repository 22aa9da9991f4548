package io.github.llavamed.generation.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes ranges of code points as sequences of byte ranges of UTF-8. */
final class Utf8Ranges {
  /** Last code points of one, two and three bytes. */
  private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF};

  private static final int BITS_PER_BYTE = 6;

  private Utf8Ranges() {}

  /**
   * Returns sequences that together match exactly the range.
   *
   * @return each {@code [first, last, first, last …]}, a pair per byte
   */
  static List<int[]> of(CodePoints.Range range) {
    List<int[]> sequences = new ArrayList<>();
    split(range.first(), range.last(), sequences);
    return sequences;
  }

  private static void split(int first, int last, List<int[]> sequences) {
    for (int border : LAST_OF_LENGTH) {
      if (first <= border && last > border) {
        split(first, border, sequences);
        split(border + 1, last, sequences);
        return;
      }
    }
    // All bytes after one that differs must run over their whole range.
    for (int i = 1; last > LAST_OF_LENGTH[0] && i <= 3; i++) {
      int low = (1 << (BITS_PER_BYTE * i)) - 1;
      if ((first & ~low) != (last & ~low)) {
        if ((first & low) != 0) {
          split(first, first | low, sequences);
          split((first | low) + 1, last, sequences);
          return;
        }
        if ((last & low) != low) {
          split(first, (last & ~low) - 1, sequences);
          split(last & ~low, last, sequences);
          return;
        }
      }
    }
    sequences.add(pairs(utf8(first), utf8(last)));
  }

  private static int[] pairs(byte[] first, byte[] last) {
    int[] pairs = new int[2 * first.length];
    for (int i = 0; i < first.length; i++) {
      pairs[2 * i] = first[i] & 0xFF;
      pairs[2 * i + 1] = last[i] & 0xFF;
    }
    return pairs;
  }

  private static byte[] utf8(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
  }
}
