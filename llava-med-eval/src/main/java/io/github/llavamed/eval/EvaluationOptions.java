package io.github.llavamed.eval;

/**
 * What every reader and scorer of this module is told: oddities to keep, limits to hold. Immutable.
 *
 * @param quirks oddities of the original to keep
 * @param limits limits of input files
 */
public record EvaluationOptions(EvaluationQuirks quirks, EvaluationLimits limits) {
  /** The original's behaviour and the default limits. */
  public static final EvaluationOptions DEFAULT =
      new EvaluationOptions(EvaluationQuirks.ORIGINAL, EvaluationLimits.DEFAULT);

  /** Returns a copy with other oddities. */
  public EvaluationOptions withQuirks(EvaluationQuirks changed) {
    return new EvaluationOptions(changed, limits);
  }
}
