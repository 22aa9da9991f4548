package io.github.llavamed.onnx.quantization;

/**
 * Rounds rows of weights to four bits, with a scale and a zero point per block.
 *
 * <p>Both are searched: of a few ranges inside that of the block, that one is taken whose weighted
 * squared error is smallest. The whole range is among them, so the result is never worse than
 * rounding to nearest in it.
 *
 * @param blockSize values that share a scale
 */
public record Int4Blocks(int blockSize) {
  /** Largest of the sixteen codes. */
  public static final int LARGEST = 15;

  /** Parts of a block's range that are tried, the whole first. */
  private static final float[] RANGES = {1f, .92f, .84f, .76f, .68f};

  /** Times that the best of them is replaced by the scale that is best for its codes. */
  private static final int REFINEMENTS = 2;

  /**
   * A rounded row: value ≈ (code − zero point) · scale.
   *
   * @param codes one per value, 0 … 15
   * @param scales one per block, above 0
   * @param zeroPoints one per block, 0 … 15
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Row(byte[] codes, float[] scales, byte[] zeroPoints) {
    /** Creates an empty row for a number of values in blocks of a size. */
    public static Row allocate(int count, int blockSize) {
      int blocks = (count + blockSize - 1) / blockSize;
      return new Row(new byte[count], new float[blocks], new byte[blocks]);
    }
  }

  /**
   * Rounds one row.
   *
   * @param values the row
   * @param importance weight of each value's squared error, ≥ 0
   * @param target receives the result
   * @param origin where the row comes from, for messages
   * @throws NonFiniteWeightException if a value is not finite
   */
  public void quantize(float[] values, float[] importance, Row target, String origin) {
    int count = target.codes().length;
    FiniteRows.largest(values, count, origin);
    for (int block = 0; block < target.scales().length; block++) {
      int first = block * blockSize;
      int end = Math.min(first + blockSize, count);
      search(values, importance, first, end, target, block);
      int zeroPoint = target.zeroPoints()[block];
      float inverse = 1f / target.scales()[block];
      for (int i = first; i < end; i++) {
        target.codes()[i] = (byte) code(values[i], inverse, zeroPoint);
      }
    }
  }

  private static void search(
      float[] values, float[] importance, int first, int end, Row target, int block) {
    float low = 0f;
    float high = 0f;
    for (int i = first; i < end; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    float whole = (high - low) / LARGEST;
    target.scales()[block] = 1f;
    target.zeroPoints()[block] = 0;
    if (!(whole >= 2 * Float.MIN_NORMAL) || Float.isInfinite(whole)) { // Zeros, or as good as.
      return;
    }
    Fit best = null;
    for (float range : RANGES) {
      float scale = whole * range;
      int zeroPoint = FiniteRows.round(-low * range / scale);
      Fit fit = fit(values, importance, first, end, scale, zeroPoint);
      best = best == null || fit.error() < best.error() ? fit : best;
    }
    for (int step = 0; best != null && step < REFINEMENTS; step++) {
      if (best.bestScale() < Float.MIN_NORMAL) {
        break;
      }
      Fit refined = fit(values, importance, first, end, best.bestScale(), best.zeroPoint());
      if (!(refined.error() < best.error())) {
        break;
      }
      best = refined;
    }
    if (best != null) {
      target.scales()[block] = best.scale();
      target.zeroPoints()[block] = (byte) best.zeroPoint();
    }
  }

  /**
   * How well a scale does.
   *
   * @param scale the scale
   * @param zeroPoint the zero point
   * @param error weighted sum of squared errors
   * @param bestScale the scale that is best for the same codes
   */
  private record Fit(float scale, int zeroPoint, float error, float bestScale) {}

  private static Fit fit(
      float[] values, float[] importance, int first, int end, float scale, int zeroPoint) {
    float inverse = 1f / scale;
    float lowest = -zeroPoint;
    float highest = LARGEST - zeroPoint;
    float error = 0f;
    float product = 0f;
    float square = 0f;
    for (int i = first; i < end; i++) {
      float level = Math.max(lowest, Math.min(highest, FiniteRows.whole(values[i] * inverse)));
      float difference = values[i] - level * scale;
      error += importance[i] * difference * difference;
      product += importance[i] * level * values[i];
      square += importance[i] * level * level;
    }
    return new Fit(scale, zeroPoint, error, square > 0f ? product / square : 0f);
  }

  private static int code(float value, float inverse, int zeroPoint) {
    return Math.max(0, Math.min(LARGEST, FiniteRows.round(value * inverse) + zeroPoint));
  }
}
