package io.github.llavamed.eval.statistics;

/**
 * McNemar's test of two models that answered the same questions right or wrong. Immutable.
 *
 * @param onlyFirst questions that only the first model has right
 * @param onlySecond questions that only the second model has right
 * @param statistic χ² with continuity correction, one degree of freedom; 0 without disagreement
 * @param pValue two-sided exact binomial probability, at most 1
 */
public record McNemar(int onlyFirst, int onlySecond, double statistic, double pValue) {
  /**
   * Tests two equally long lists of scores that are 0 or 1.
   *
   * @throws IllegalArgumentException if the lengths differ or a score is neither 0 nor 1
   */
  public static McNemar of(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "McNemar: expected equally many scores, found " + first.length + " and " + second.length);
    }
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < first.length; i++) {
      if (!isBinary(first[i]) || !isBinary(second[i])) {
        throw new IllegalArgumentException(
            "McNemar: expected scores of 0 or 1, found "
                + first[i]
                + " and "
                + second[i]
                + " at position "
                + i);
      }
      onlyFirst += first[i] > second[i] ? 1 : 0;
      onlySecond += second[i] > first[i] ? 1 : 0;
    }
    return of(onlyFirst, onlySecond);
  }

  /** Tests two counts of disagreement, neither negative. */
  public static McNemar of(int onlyFirst, int onlySecond) {
    if (onlyFirst < 0 || onlySecond < 0) {
      throw new IllegalArgumentException(
          "McNemar: expected counts of at least 0, found " + onlyFirst + " and " + onlySecond);
    }
    int total = Math.addExact(onlyFirst, onlySecond);
    if (total == 0) {
      return new McNemar(0, 0, 0, 1);
    }
    double distance = Math.max(0, Math.abs((double) onlyFirst - onlySecond) - 1);
    return new McNemar(
        onlyFirst,
        onlySecond,
        distance * distance / total,
        exactP(Math.min(onlyFirst, onlySecond), total));
  }

  static boolean isBinary(double value) {
    return value == 0 || value == 1;
  }

  /** Twice the lower tail of the binomial distribution with even odds. */
  private static double exactP(int smaller, int total) {
    double logTerm = -total * StrictMath.log(2);
    double tail = StrictMath.exp(logTerm);
    for (int k = 1; k <= smaller; k++) {
      logTerm += StrictMath.log((double) (total - k + 1) / k);
      tail += StrictMath.exp(logTerm);
    }
    return Math.min(1, 2 * tail);
  }
}
