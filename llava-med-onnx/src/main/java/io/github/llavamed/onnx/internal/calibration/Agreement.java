package io.github.llavamed.onnx.internal.calibration;

/**
 * Compares next-token distributions position by position.
 *
 * <p>Confined to one thread.
 */
public final class Agreement {
  private final int vocabSize;
  private int positions;
  private int same;
  private double klSum;
  private int prompts;
  private double lastKlSum;

  /**
   * Creates a comparison.
   *
   * @param vocabSize logits per position, {@code v}
   */
  public Agreement(int vocabSize) {
    this.vocabSize = vocabSize;
  }

  /** Adds all positions of a prompt. // [s, v] each */
  public void add(float[] reference, float[] actual) {
    int rows = reference.length / vocabSize;
    double kl = 0;
    for (int row = 0; row < rows; row++) {
      int first = row * vocabSize;
      kl = divergence(reference, actual, first);
      klSum += kl;
      same += largest(reference, first) == largest(actual, first) ? 1 : 0;
    }
    positions += rows;
    prompts++;
    lastKlSum += kl;
  }

  private double divergence(float[] reference, float[] actual, int first) {
    double referenceNorm = logSum(reference, first);
    double actualNorm = logSum(actual, first);
    double sum = 0;
    for (int i = first; i < first + vocabSize; i++) {
      double log = reference[i] - referenceNorm;
      sum += Math.exp(log) * (log - (actual[i] - actualNorm));
    }
    return Math.max(0, sum); // Below 0 only by rounding.
  }

  private double logSum(float[] logits, int first) {
    double top = logits[first + largest(logits, first)];
    double sum = 0;
    for (int i = first; i < first + vocabSize; i++) {
      sum += Math.exp(logits[i] - top);
    }
    return top + Math.log(sum);
  }

  private int largest(float[] logits, int first) {
    int best = 0;
    for (int i = 1; i < vocabSize; i++) {
      best = logits[first + i] > logits[first + best] ? i : best;
    }
    return best;
  }

  /** Returns the number of positions. */
  public int positions() {
    return positions;
  }

  /** Returns the part of the positions whose likeliest token is the same. */
  public double nextTokenAgreement() {
    return (double) same / positions;
  }

  /** Returns the mean divergence over all positions. */
  public double meanKl() {
    return klSum / positions;
  }

  /** Returns the mean divergence over the prompts' last positions. */
  public double lastPositionKl() {
    return lastKlSum / prompts;
  }
}
