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
  private static final float[] RANGES = {1f, .96f, .92f, .88f, .84f, .8f, .76f, .72f, .68f, .64f};

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
    double best = Double.POSITIVE_INFINITY;
    for (float range : RANGES) {
      float scale = whole * range;
      int zeroPoint = FiniteRows.round(-low * range / scale);
      Fit fit = fit(values, importance, first, end, scale, zeroPoint);
      if (fit.error() < best) {
        best = fit.error();
        target.scales()[block] = scale;
        target.zeroPoints()[block] = (byte) zeroPoint;
      }
      if (fit.bestScale() >= Float.MIN_NORMAL) {
        Fit refined = fit(values, importance, first, end, fit.bestScale(), zeroPoint);
        if (refined.error() < best) {
          best = refined.error();
          target.scales()[block] = fit.bestScale();
          target.zeroPoints()[block] = (byte) zeroPoint;
        }
      }
    }
  }

  /**
   * How well a scale does.
   *
   * @param error weighted sum of squared errors
   * @param bestScale the scale that is best for the same codes
   */
  private record Fit(double error, float bestScale) {}

  private static Fit fit(
      float[] values, float[] importance, int first, int end, float scale, int zeroPoint) {
    float inverse = 1f / scale;
    float error = 0f;
    float product = 0f;
    float square = 0f;
    for (int i = first; i < end; i++) {
      float level = code(values[i], inverse, zeroPoint) - zeroPoint;
      float difference = values[i] - level * scale;
      error += importance[i] * difference * difference;
      product += importance[i] * level * values[i];
      square += importance[i] * level * level;
    }
    return new Fit(error, square > 0f ? product / square : 0f);
  }

  private static int code(float value, float inverse, int zeroPoint) {
    return Math.max(0, Math.min(LARGEST, FiniteRows.round(value * inverse) + zeroPoint));
  }
}
