package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.OptionalDouble;

/**
 * Says whether the normalised reference occurs in the normalised answer as a character sequence.
 *
 * <p>An empty reference always occurs. This is the rule behind the published closed accuracy.
 */
public final class SubstringHit implements Metric {
  @Override
  public String id() {
    return "substring-hit";
  }

  @Override
  public OptionalDouble score(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.of(pair);
    return OptionalDouble.of(texts.prediction().contains(texts.reference()) ? 1 : 0);
  }
}
