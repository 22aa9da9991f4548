package io.github.llavamed.generation.internal;

/** Logits to probabilities, in double precision. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * Returns the softmax; without any finite logit all zeros.
   *
   * @throws IllegalArgumentException if there are no logits or one is NaN
   */
  public static double[] softmax(float[] logits) {
    double best = largest(logits);
    double[] probabilities = new double[logits.length]; // [v]
    if (best == Double.NEGATIVE_INFINITY) {
      return probabilities;
    }
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i] - best);
      sum += probabilities[i];
    }
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  /**
   * Returns the natural logarithm of the sum of the exponentials: a logit minus it is a
   * log-probability.
   *
   * @throws IllegalArgumentException if there are no logits or one is NaN
   */
  public static double logSumExp(float[] logits) {
    double best = largest(logits);
    if (best == Double.NEGATIVE_INFINITY) {
      return best;
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - best);
    }
    return best + Math.log(sum);
  }

  /** Returns the log-softmax as float32, which is what beam scores add up. */
  public static float[] logSoftmax(float[] logits) {
    double sum = logSumExp(logits);
    float[] logProbs = new float[logits.length]; // [v]
    for (int i = 0; i < logits.length; i++) {
      logProbs[i] = (float) (logits[i] - sum);
    }
    return logProbs;
  }

  private static double largest(float[] logits) {
    if (logits.length == 0) {
      throw new IllegalArgumentException("no logits to choose from");
    }
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        throw new IllegalArgumentException(
            "logit of id %d is NaN: weights or precision are broken".formatted(i));
      }
      best = Math.max(best, logits[i]);
    }
    return best;
  }
}
