package io.github.llavamed.eval;

/**
 * Limits of the files that the evaluation reads. Immutable.
 *
 * @param maxFileBytes largest file, in bytes
 * @param maxNesting deepest JSON nesting
 * @param maxTextLength longest JSON string, in characters
 */
public record EvaluationLimits(long maxFileBytes, int maxNesting, int maxTextLength) {
  /** 1 GiB files, 500 levels, strings of 64 Mi characters. */
  public static final EvaluationLimits DEFAULT = new EvaluationLimits(1L << 30, 500, 1 << 26);
}
