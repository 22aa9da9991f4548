package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.List;
import java.util.OptionalDouble;

/**
 * BLEU of the normalised words with fixed weights.
 *
 * <p>Without smoothing a right answer of one word has BLEU-4 of 1.8e-231: the mean is practically
 * the share of answers with four matching words in a row.
 */
public class Bleu implements Metric {
  private static final double[] UP_TO_FOUR = {0.25, 0.25, 0.25, 0.25};

  private final String id;
  private final double[] weights;
  private final boolean smooth;

  /** BLEU-4 without smoothing. */
  public Bleu() {
    this("bleu", UP_TO_FOUR, false);
  }

  private Bleu(String id, double[] weights, boolean smooth) {
    this.id = id;
    this.weights = weights;
    this.smooth = smooth;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final OptionalDouble score(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.of(pair);
    return OptionalDouble.of(
        SentenceBleu.score(
            WordCounts.words(texts.prediction()),
            List.of(WordCounts.words(texts.reference())),
            weights,
            smooth));
  }

  /** Precision of single words, with the brevity penalty. */
  public static final class Unigrams extends Bleu {
    /** Unigrams alone. */
    public Unigrams() {
      super("bleu-1", new double[] {1, 0, 0, 0}, false);
    }
  }

  /** Precision of word pairs alone, with the brevity penalty. */
  public static final class Bigrams extends Bleu {
    /** Bigrams alone. */
    public Bigrams() {
      super("bleu-2", new double[] {0, 1, 0, 0}, false);
    }
  }

  /** Precision of word triples alone, with the brevity penalty. */
  public static final class Trigrams extends Bleu {
    /** Trigrams alone. */
    public Trigrams() {
      super("bleu-3", new double[] {0, 0, 1, 0}, false);
    }
  }

  /** BLEU-4, smoothed. */
  public static final class Smoothed extends Bleu {
    /** BLEU-4 with one added above unigrams. */
    public Smoothed() {
      super("bleu-smoothed", UP_TO_FOUR, true);
    }
  }

  /** Precision of word pairs, smoothed. */
  public static final class SmoothedBigrams extends Bleu {
    /** Bigrams alone with one added. */
    public SmoothedBigrams() {
      super("bleu-2-smoothed", new double[] {0, 1, 0, 0}, true);
    }
  }

  /** Precision of word triples, smoothed. */
  public static final class SmoothedTrigrams extends Bleu {
    /** Trigrams alone with one added. */
    public SmoothedTrigrams() {
      super("bleu-3-smoothed", new double[] {0, 0, 1, 0}, true);
    }
  }
}
