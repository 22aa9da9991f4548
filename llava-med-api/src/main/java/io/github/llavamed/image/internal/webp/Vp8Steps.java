package io.github.llavamed.image.internal.webp;

/**
 * What the coefficients of a segment are multiplied with (RFC 6386, sections 9.6 and 14.1).
 *
 * @param lumaDc first coefficient of a luma block
 * @param lumaAc other coefficients of a luma block
 * @param secondDc first coefficient of the block of luma DCs
 * @param secondAc other coefficients of that block
 * @param chromaDc first coefficient of a chroma block
 * @param chromaAc other coefficients of a chroma block
 */
record Vp8Steps(int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {
  private static final int MOST = 127;
  private static final int MOST_CHROMA_DC = 117;

  /** Returns the steps for a quantizer index and the five deltas of the frame. */
  static Vp8Steps of(int index, int[] deltas) {
    return new Vp8Steps(
        Vp8Tables.dcStep(index + deltas[0], MOST),
        Vp8Tables.acStep(index),
        Vp8Tables.dcStep(index + deltas[1], MOST) * 2,
        Math.max(8, Vp8Tables.acStep(index + deltas[2]) * 155 / 100),
        Vp8Tables.dcStep(index + deltas[3], MOST_CHROMA_DC),
        Vp8Tables.acStep(index + deltas[4]));
  }
}
