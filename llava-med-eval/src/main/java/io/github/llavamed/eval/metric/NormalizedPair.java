package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;

/**
 * A pair after the original's normalisation, once (for substring and BLEU) and twice (for counts).
 *
 * @param prediction normalised answer
 * @param reference normalised reference
 */
record NormalizedPair(String prediction, String reference) {
  static NormalizedPair of(AnswerPair pair) {
    return new NormalizedPair(
        AnswerNormalizer.normalizeAnswer(pair.prediction()),
        AnswerNormalizer.normalizeAnswer(pair.reference()));
  }

  /** The counting metrics normalise their arguments again, which matters after many points. */
  static NormalizedPair twice(AnswerPair pair) {
    NormalizedPair once = of(pair);
    return new NormalizedPair(
        AnswerNormalizer.normalize(once.prediction), AnswerNormalizer.normalize(once.reference));
  }
}
