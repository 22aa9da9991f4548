package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The BLEU helper of the original's metric module, which none of its programs uses.
 *
 * <p>It penalises brevity by characters and leaves out orders without matches. Thread-safe.
 */
public final class CustomBleu {
  private CustomBleu() {}

  /**
   * Returns the score as text, with a warning behind it if the number of weights is not {@code n}.
   *
   * @param n largest n-gram order
   * @throws EvaluationException if the candidate has fewer than {@code n} words or there is no
   *     reference
   */
  public static String score(String candidate, List<String> references, int n, double[] weights) {
    double[] used = Arrays.copyOf(weights, n);
    double sum = 0;
    double penalty = brevityPenalty(candidate, references);
    for (int order = 1; order <= n; order++) {
      double precision = precision(candidate, references, order);
      if (precision != 0) {
        sum += used[order - 1] * StrictMath.log(precision);
      }
    }
    String text = PythonNumbers.text(penalty * StrictMath.exp(sum));
    if (weights.length == n) {
      return text;
    }
    String than = weights.length > n ? "bigger" : "smaller";
    return text + " (warning: the length of weights is " + than + " than n)";
  }

  private static double brevityPenalty(String candidate, List<String> references) {
    int length = candidate.codePointCount(0, candidate.length());
    int closest = -1;
    for (String reference : references) {
      int other = reference.codePointCount(0, reference.length());
      int distance = Math.abs(other - length);
      int best = Math.abs(closest - length);
      if (closest < 0 || distance < best || (distance == best && other < closest)) {
        closest = other;
      }
    }
    if (closest < 0 || length == 0) {
      throw new EvaluationException(
          "BLEU: expected a candidate and a reference, found an empty candidate or no reference");
    }
    return length > closest ? 1 : StrictMath.exp(1 - (double) closest / length);
  }

  private static double precision(String candidate, List<String> references, int n) {
    Map<String, Integer> counts = WordCounts.of(candidate, n);
    int total = counts.values().stream().mapToInt(Integer::intValue).sum();
    if (total == 0) {
      throw new EvaluationException(
          "BLEU: expected at least " + n + " words, found fewer in '" + candidate + "'");
    }
    Map<String, Integer> most = new HashMap<>();
    for (String reference : references) {
      WordCounts.of(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
    }
    int matches = 0;
    for (Map.Entry<String, Integer> gram : counts.entrySet()) {
      matches += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
    }
    return (double) matches / total;
  }
}
