package io.github.llavamed.generation;

import java.util.List;

/**
 * Which texts an answer may be. Immutable.
 *
 * <p>Enforced token by token: what cannot become such a text is never chosen, and the answer can
 * only end where it is one. An answer that is cut by a limit is the beginning of such a text.
 */
public sealed interface OutputConstraint permits ChoiceConstraint, PatternConstraint {
  /** Returns whether this is a whole answer that is allowed. */
  boolean isMatchedBy(String text);

  /**
   * Returns the constraint to one of several texts, each written in the ids that the tokenizer
   * encodes it to on its own.
   *
   * @throws IllegalArgumentException if there is no text, or one is empty
   */
  static OutputConstraint oneOf(List<String> texts) {
    return new ChoiceConstraint(texts);
  }

  /**
   * Returns the constraint to a regular expression, which the whole answer matches.
   *
   * <p>The language: characters; {@code .} for any but a line feed; classes {@code [a-z]}, {@code
   * [^a-z]}; {@code \d \w \s \D \W \S} (ASCII); {@code \n \t \r} and {@code \} before a sign that
   * means something; groups {@code ( )}; alternatives {@code |}; repetitions {@code * + ? {m} {m,}
   * {m,n}} with m, n ≤ {@value PatternConstraint#MAX_REPETITIONS}.
   *
   * @throws ConstraintException if the expression is malformed or too large
   */
  static OutputConstraint matching(String pattern) {
    return new PatternConstraint(pattern);
  }
}
