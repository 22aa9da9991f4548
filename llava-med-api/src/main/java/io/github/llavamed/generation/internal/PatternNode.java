package io.github.llavamed.generation.internal;

import java.util.List;

/** A part of a regular expression. */
sealed interface PatternNode {
  /** One character of a set. */
  record One(CodePoints set) implements PatternNode {}

  /** Parts one after the other; none is the empty text. */
  record Sequence(List<PatternNode> parts) implements PatternNode {}

  /** One of several parts. */
  record Either(List<PatternNode> parts) implements PatternNode {}

  /**
   * A part several times.
   *
   * @param most -1 for without end
   */
  record Repeat(PatternNode part, int least, int most) implements PatternNode {}
}
