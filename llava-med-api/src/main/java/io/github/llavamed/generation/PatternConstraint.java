package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.BytePattern;

/**
 * Allows what matches a regular expression of a small language; see {@link
 * OutputConstraint#matching}.
 *
 * @param pattern the expression
 */
public record PatternConstraint(String pattern) implements OutputConstraint {
  /** Largest number in a repetition. */
  public static final int MAX_REPETITIONS = 1000;

  /**
   * Checks the expression.
   *
   * @throws ConstraintException if it is malformed or too large
   */
  public PatternConstraint {
    BytePattern.parse(pattern);
  }

  @Override
  public boolean isMatchedBy(String text) {
    return BytePattern.parse(pattern).matches(text);
  }
}
