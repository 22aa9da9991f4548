package io.github.llavamed.generation;

/**
 * How wide an answer is searched for, and how complete answers are compared. Immutable.
 *
 * @param numBeams beginnings of answers that are followed at a time; 1 is no beam search
 * @param lengthPenalty exponent of the length by which the sum of log-probabilities is divided:
 *     above 0 prefers long answers, below 0 short ones
 * @param earlyStopping when the search ends
 */
public record BeamSearchConfig(int numBeams, double lengthPenalty, EarlyStopping earlyStopping) {
  /** No beam search; the other settings are those of transformers. */
  public static final BeamSearchConfig OFF = new BeamSearchConfig(1, 1, EarlyStopping.FALSE);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there is no beam or the penalty is not finite
   */
  public BeamSearchConfig {
    if (numBeams < 1) {
      throw new IllegalArgumentException("numBeams: expected 1 or more, found " + numBeams);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException(
          "lengthPenalty: expected a finite number, found " + lengthPenalty);
    }
  }

  /** Returns whether there is a search at all. */
  public boolean isOn() {
    return numBeams > 1;
  }

  /** Returns these settings with another number of beams. */
  public BeamSearchConfig withNumBeams(int numBeams) {
    return new BeamSearchConfig(numBeams, lengthPenalty, earlyStopping);
  }

  /** Returns these settings with another length penalty. */
  public BeamSearchConfig withLengthPenalty(double lengthPenalty) {
    return new BeamSearchConfig(numBeams, lengthPenalty, earlyStopping);
  }

  /** Returns these settings with another end. */
  public BeamSearchConfig withEarlyStopping(EarlyStopping earlyStopping) {
    return new BeamSearchConfig(numBeams, lengthPenalty, earlyStopping);
  }
}
