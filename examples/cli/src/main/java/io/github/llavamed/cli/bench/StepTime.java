package io.github.llavamed.cli.bench;

/**
 * How long one step of several sequences took, each extended by a token, in milliseconds.
 *
 * @param sequences number of sequences
 * @param time of the whole step
 */
public record StepTime(int sequences, Spread time) {
  /** Returns the milliseconds of a step for each of its tokens. */
  public double perToken() {
    return time.median() / sequences;
  }
}
