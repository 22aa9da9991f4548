package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.text.StandardTokenizer;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Clipped word overlap under standard tokenisation.
 *
 * <p>Two texts without words overlap fully, one without and one with words not at all.
 */
public final class StrictOverlap {
  private StrictOverlap() {}

  private static TokenOverlap of(AnswerPair pair) {
    List<String> answer = StandardTokenizer.words(pair.prediction());
    List<String> reference = StandardTokenizer.words(pair.reference());
    if (answer.isEmpty() && reference.isEmpty()) {
      return new TokenOverlap(1, 1, 1);
    }
    return TokenOverlap.clipped(WordCounts.of(answer, 1), WordCounts.of(reference, 1));
  }

  /** Harmonic mean of precision and recall. */
  public static final class F1 implements Metric {
    @Override
    public String id() {
      return "strict-f1";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(of(pair).f1());
    }
  }

  /** Share of the answer's words that the reference has. */
  public static final class Precision implements Metric {
    @Override
    public String id() {
      return "strict-precision";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(of(pair).precision());
    }
  }

  /** Share of the reference's words that the answer has. */
  public static final class Recall implements Metric {
    @Override
    public String id() {
      return "strict-recall";
    }

    @Override
    public OptionalDouble score(AnswerPair pair) {
      return OptionalDouble.of(of(pair).recall());
    }
  }
}
