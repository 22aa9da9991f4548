package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.text.StandardTokenizer;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Says whether an answer gives the reference, word by word.
 *
 * <p>If the reference is yes or no, the first word of the answer that is yes or no decides; an
 * answer with neither is wrong. Otherwise the words of the reference must stand in the answer next
 * to each other. A reference without words is never hit.
 */
public final class StrictHit implements Metric {
  private static final List<String> YES_NO = List.of("yes", "no");

  @Override
  public String id() {
    return "strict-hit";
  }

  @Override
  public OptionalDouble score(AnswerPair pair) {
    List<String> answer = StandardTokenizer.words(pair.prediction());
    List<String> reference = StandardTokenizer.words(pair.reference());
    return OptionalDouble.of(isHit(answer, reference) ? 1 : 0);
  }

  private static boolean isHit(List<String> answer, List<String> reference) {
    if (reference.size() == 1 && YES_NO.contains(reference.get(0))) {
      return answer.stream()
          .filter(YES_NO::contains)
          .findFirst()
          .map(reference.get(0)::equals)
          .orElse(false);
    }
    return !reference.isEmpty() && Collections.indexOfSubList(answer, reference) >= 0;
  }
}
