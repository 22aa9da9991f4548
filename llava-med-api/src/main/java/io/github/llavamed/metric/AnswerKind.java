package io.github.llavamed.metric;

/** The three ways in which a protocol treats a question. */
public enum AnswerKind {
  /** Free answer, scored by word overlap and the like. */
  OPEN,
  /** Yes/no or a choice, scored as right or wrong. */
  CLOSED,
  /** Not scored. */
  IGNORED
}
