package io.github.llavamed.image.internal.webp;

/** Reads the coefficients of one 4 x 4 block (RFC 6386, section 13), multiplied by their steps. */
final class Vp8Coefficients {
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** The band of each position; the last one is behind the block. */
  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  private final int[] probs;

  /**
   * Reads with the probabilities of a frame.
   *
   * @param probs the frame's probabilities // [4, 8, 3, 11]
   */
  Vp8Coefficients(int[] probs) {
    this.probs = probs;
  }

  /**
   * Reads a block.
   *
   * @param type 0 luma without DC, 1 second order, 2 chroma, 3 luma with DC
   * @param context blocks beside that have coefficients: 0, 1 or 2
   * @param first position of the first coefficient: 0, or 1 without DC
   * @param out 16 coefficients from {@code offset}, 0 before
   * @return the position after the last coefficient that is not 0
   */
  int read(
      Vp8BoolDecoder in,
      int type,
      int context,
      int first,
      int dcStep,
      int acStep,
      int[] out,
      int offset) {
    int n = first;
    int p = probs(type, n, context);
    while (n < 16) {
      if (in.bit(probs[p]) == 0) {
        return n;
      }
      while (in.bit(probs[p + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        p = probs(type, n, 0);
      }
      int value = 1;
      if (in.bit(probs[p + 2]) == 1) {
        value = large(in, p);
      }
      p = probs(type, n + 1, value == 1 ? 1 : 2);
      int signed = in.bit(128) == 1 ? -value : value;
      out[offset + ZIGZAG[n]] = signed * (n > 0 ? acStep : dcStep);
      n++;
    }
    return 16;
  }

  private int large(Vp8BoolDecoder in, int p) {
    if (in.bit(probs[p + 3]) == 0) {
      return in.bit(probs[p + 4]) == 0 ? 2 : 3 + in.bit(probs[p + 5]);
    }
    if (in.bit(probs[p + 6]) == 0) {
      if (in.bit(probs[p + 7]) == 0) {
        return 5 + in.bit(159);
      }
      int high = in.bit(165);
      return 7 + 2 * high + in.bit(145);
    }
    int high = in.bit(probs[p + 8]);
    int category = 2 * high + in.bit(probs[p + 9 + high]);
    int value = 0;
    for (int probability : LARGE[category]) {
      value = value << 1 | in.bit(probability);
    }
    return value + 3 + (8 << category);
  }

  private static int probs(int type, int position, int context) {
    return ((type * Vp8Tables.BANDS + BANDS[position]) * Vp8Tables.CONTEXTS + context)
        * Vp8Tables.PROBS;
  }
}
