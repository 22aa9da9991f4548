package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.text.StandardTokenizer;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.OptionalDouble;

/** Says whether answer and reference are the same words in the same order. */
public final class StrictExactMatch implements Metric {
  @Override
  public String id() {
    return "strict-exact-match";
  }

  @Override
  public OptionalDouble score(AnswerPair pair) {
    boolean equal =
        StandardTokenizer.words(pair.prediction())
            .equals(StandardTokenizer.words(pair.reference()));
    return OptionalDouble.of(equal ? 1 : 0);
  }
}
