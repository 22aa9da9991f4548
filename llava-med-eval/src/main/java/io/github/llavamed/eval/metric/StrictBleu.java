package io.github.llavamed.eval.metric;

import io.github.llavamed.eval.internal.text.StandardTokenizer;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * BLEU up to an order with equal weights, smoothed, under standard tokenisation.
 *
 * <p>Smoothing adds one to matches and totals above unigrams (Lin and Och 2004).
 */
public class StrictBleu implements Metric {
  private final String id;
  private final double[] weights;

  /** BLEU-4. */
  public StrictBleu() {
    this("strict-bleu", 4);
  }

  private StrictBleu(String id, int order) {
    this.id = id;
    this.weights = new double[order];
    Arrays.fill(weights, 1.0 / order);
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final OptionalDouble score(AnswerPair pair) {
    return OptionalDouble.of(
        SentenceBleu.score(
            StandardTokenizer.words(pair.prediction()),
            List.of(StandardTokenizer.words(pair.reference())),
            weights,
            true));
  }

  /** BLEU-1. */
  public static final class UpToOne extends StrictBleu {
    /** Single words. */
    public UpToOne() {
      super("strict-bleu-1", 1);
    }
  }

  /** BLEU-2. */
  public static final class UpToTwo extends StrictBleu {
    /** Single words and pairs. */
    public UpToTwo() {
      super("strict-bleu-2", 2);
    }
  }

  /** BLEU-3. */
  public static final class UpToThree extends StrictBleu {
    /** Single words to triples. */
    public UpToThree() {
      super("strict-bleu-3", 3);
    }
  }
}
