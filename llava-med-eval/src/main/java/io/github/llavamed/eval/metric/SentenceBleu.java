package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.EvaluationException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of one sentence, as NLTK 3.8 computes it without smoothing, or with one added to matches and
 * totals above unigrams.
 *
 * <p>Without smoothing an order without matches counts as the smallest normal double, which makes
 * scores around 1e-77 to 1e-308. Thread-safe.
 */
public final class SentenceBleu {
  private SentenceBleu() {}

  /**
   * Returns the score, from 0 to 1.
   *
   * @param hypothesis words of the answer
   * @param references words of each reference, at least one
   * @param weights one weight an n-gram order, from unigrams up
   * @param smooth whether one is added to matches and totals above unigrams
   */
  public static double score(
      List<String> hypothesis, List<List<String>> references, double[] weights, boolean smooth) {
    if (references.isEmpty() || weights.length == 0) {
      throw new EvaluationException(
          "BLEU: expected a reference and a weight, found "
              + references.size()
              + " and "
              + weights.length);
    }
    double[] terms = new double[weights.length];
    for (int n = 1; n <= weights.length; n++) {
      Map<String, Integer> counts = WordCounts.of(hypothesis, n);
      int matches = matches(counts, references, n);
      if (n == 1 && matches == 0) {
        return 0;
      }
      int total = counts.values().stream().mapToInt(Integer::intValue).sum();
      terms[n - 1] = weights[n - 1] * StrictMath.log(precision(matches, total, smooth && n > 1));
    }
    return brevityPenalty(hypothesis.size(), references) * StrictMath.exp(exactSum(terms));
  }

  private static int matches(Map<String, Integer> counts, List<List<String>> references, int n) {
    Map<String, Integer> most = new HashMap<>();
    for (List<String> reference : references) {
      WordCounts.of(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
    }
    int matches = 0;
    for (Map.Entry<String, Integer> gram : counts.entrySet()) {
      matches += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
    }
    return matches;
  }

  private static double precision(int matches, int total, boolean smooth) {
    if (smooth) {
      return (matches + 1.0) / (total + 1.0);
    }
    return matches == 0 ? Double.MIN_NORMAL : (double) matches / total;
  }

  private static double brevityPenalty(int length, List<List<String>> references) {
    int closest = Integer.MAX_VALUE;
    for (List<String> reference : references) {
      int distance = Math.abs(reference.size() - length);
      int best = Math.abs(closest - length);
      if (closest == Integer.MAX_VALUE
          || distance < best
          || (distance == best && reference.size() < closest)) {
        closest = reference.size();
      }
    }
    if (length > closest) {
      return 1;
    }
    return StrictMath.exp(1 - (double) closest / length);
  }

  /** Sums without rounding before the end, as {@code math.fsum}. */
  private static double exactSum(double[] terms) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double term : terms) {
      sum = sum.add(new BigDecimal(term));
    }
    return sum.doubleValue();
  }
}
