package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the original calls exact match: distinct reference words found, per word of the answer.
 *
 * <p>This is not equality of texts; {@link StrictExactMatch} is.
 */
public final class WordShare implements Metric {
  @Override
  public String id() {
    return "exact-match";
  }

  @Override
  public OptionalDouble score(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.twice(pair);
    Map<String, Integer> answer = WordCounts.of(texts.prediction(), 1);
    int total = answer.values().stream().mapToInt(Integer::intValue).sum();
    if (total == 0) {
      return OptionalDouble.of(0);
    }
    int found = 0;
    for (String word : WordCounts.of(texts.reference(), 1).keySet()) {
      found += answer.containsKey(word) ? 1 : 0;
    }
    return OptionalDouble.of((double) found / total);
  }
}
