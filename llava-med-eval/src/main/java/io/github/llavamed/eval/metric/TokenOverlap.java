package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Word overlap of an answer and its reference: precision, recall and their harmonic mean.
 *
 * <p>The original does not clip matches to the reference counts: an answer that repeats a right
 * word scores more. The clipped variants take the smaller count, as is usual.
 *
 * @param precision share of the answer's words that are in the reference
 * @param recall share of the reference that is found
 * @param f1 2·precision·recall/(precision+recall)
 */
public record TokenOverlap(double precision, double recall, double f1) {
  private static final TokenOverlap NOTHING = new TokenOverlap(0, 0, 0);

  /** Returns the overlap as the original counts it. */
  public static TokenOverlap unclipped(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.twice(pair);
    Map<String, Integer> answer = WordCounts.of(texts.prediction(), 1);
    Map<String, Integer> reference = WordCounts.of(texts.reference(), 1);
    int matched = 0;
    int surplus = 0;
    int missed = 0;
    for (Map.Entry<String, Integer> word : answer.entrySet()) {
      if (reference.containsKey(word.getKey())) {
        matched += word.getValue();
      } else {
        surplus += word.getValue();
      }
    }
    for (Map.Entry<String, Integer> word : reference.entrySet()) {
      missed += answer.containsKey(word.getKey()) ? 0 : word.getValue();
    }
    return of(matched, matched + surplus, matched + missed);
  }

  /** Returns the overlap of the same words with matches clipped to the reference counts. */
  public static TokenOverlap clipped(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.twice(pair);
    return clipped(WordCounts.of(texts.prediction(), 1), WordCounts.of(texts.reference(), 1));
  }

  static TokenOverlap clipped(Map<String, Integer> answer, Map<String, Integer> reference) {
    int matched = 0;
    for (Map.Entry<String, Integer> word : answer.entrySet()) {
      matched += Math.min(word.getValue(), reference.getOrDefault(word.getKey(), 0));
    }
    return of(matched, total(answer), total(reference));
  }

  private static int total(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static TokenOverlap of(int matched, int answer, int reference) {
    if (matched == 0) {
      return NOTHING;
    }
    double precision = (double) matched / answer;
    double recall = (double) matched / reference;
    return new TokenOverlap(precision, recall, 2 * precision * recall / (precision + recall));
  }

  /** F1 without clipping, as the original. */
  public static final class F1 implements Metric {
    @Override
    public String id() {
      return "token-f1";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(unclipped(pair).f1());
    }
  }

  /** Precision without clipping, as the original. */
  public static final class Precision implements Metric {
    @Override
    public String id() {
      return "token-precision";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(unclipped(pair).precision());
    }
  }

  /** Recall without clipping: the published figure for open questions. */
  public static final class Recall implements Metric {
    @Override
    public String id() {
      return "token-recall";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(unclipped(pair).recall());
    }
  }

  /** F1 of the original's words, clipped. */
  public static final class ClippedF1 implements Metric {
    @Override
    public String id() {
      return "token-f1-clipped";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(clipped(pair).f1());
    }
  }

  /** Precision of the original's words, clipped. */
  public static final class ClippedPrecision implements Metric {
    @Override
    public String id() {
      return "token-precision-clipped";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(clipped(pair).precision());
    }
  }

  /** Recall of the original's words, clipped. */
  public static final class ClippedRecall implements Metric {
    @Override
    public String id() {
      return "token-recall-clipped";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(clipped(pair).recall());
    }
  }
}
