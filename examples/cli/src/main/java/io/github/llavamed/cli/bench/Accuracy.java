package io.github.llavamed.cli.bench;

/**
 * How close a way of rounding comes to float32, over all predicted tokens of the texts.
 *
 * @param scheme the way in a few words
 * @param divergence mean of KL(float32 ‖ rounded), in nats
 * @param sameToken share of positions with the same most probable token, 0 … 1
 * @param perplexityRatio perplexity of the texts divided by that in float32
 */
public record Accuracy(String scheme, double divergence, double sameToken, double perplexityRatio) {

  /** Adds up positions. */
  static final class Sum {
    private int positions;
    private double divergence;
    private int same;
    private double logLossDifference;

    /** Adds a position: logits of both, and the id that follows in the text. */
    void add(float[] exact, float[] rounded, int offset, int vocabSize, int next) {
      double exactNorm = logSum(exact, offset, vocabSize);
      double roundedNorm = logSum(rounded, offset, vocabSize);
      int exactBest = 0;
      int roundedBest = 0;
      for (int i = 0; i < vocabSize; i++) {
        double p = exact[offset + i] - exactNorm;
        divergence += Math.exp(p) * (p - (rounded[offset + i] - roundedNorm));
        exactBest = exact[offset + i] > exact[offset + exactBest] ? i : exactBest;
        roundedBest = rounded[offset + i] > rounded[offset + roundedBest] ? i : roundedBest;
      }
      same += exactBest == roundedBest ? 1 : 0;
      logLossDifference +=
          exact[offset + next] - exactNorm - (rounded[offset + next] - roundedNorm);
      positions++;
    }

    private static double logSum(float[] logits, int offset, int size) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = offset; i < offset + size; i++) {
        max = Math.max(max, logits[i]);
      }
      double sum = 0;
      for (int i = offset; i < offset + size; i++) {
        sum += Math.exp(logits[i] - max);
      }
      return max + Math.log(sum);
    }

    Accuracy of(String scheme) {
      return new Accuracy(
          scheme,
          divergence / positions,
          (double) same / positions,
          Math.exp(logLossDifference / positions));
    }
  }
}
