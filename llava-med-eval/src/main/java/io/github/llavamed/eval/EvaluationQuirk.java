package io.github.llavamed.eval;

/**
 * The oddities of the original evaluation programs that a caller may switch off.
 *
 * <p>Each constant names what the original does. Oddities without a constant are either always kept
 * because published figures depend on them, or always repaired because the original only fails.
 */
public enum EvaluationQuirk {
  /** A blank line in a JSON lines file is an error; without it such lines are skipped. */
  BLANK_LINE_FAILS,
  /** Word matches of F1 are not clipped to the reference counts, so that repetition pays. */
  UNCLIPPED_F1,
  /** BLEU has no smoothing; without it, one is added to matches and totals above unigrams. */
  UNSMOOTHED_BLEU,
  /** The single-file evaluation prints the numbers of open and closed questions swapped. */
  SWAPPED_COUNTS,
  /** Yes and no are found inside other words, so that {@code normal} says no. */
  YES_NO_INSIDE_WORDS,
  /** The batch evaluation takes the data set from any part of the path; else from a folder name. */
  DATASET_ANYWHERE_IN_PATH,
  /** The batch evaluation leaves an empty file {@code correct_answers_file.json} behind. */
  EMPTY_CORRECT_ANSWERS_FILE,
  /** Figure context goes to the judge as a Python structure; else as the mention texts. */
  PYTHON_FIGURE_CONTEXT,
  /**
   * The chat question is cut blindly by 8 characters (v1.0) or not at all (v1.5); else a trailing
   * image line is removed.
   */
  BLIND_QUESTION_CUT,
  /** Questions and chat answers are paired by position; else by identifier. */
  PAIRING_BY_POSITION,
  /** Failed reviews, scored −1, enter the means of the pairwise summary. */
  FAILED_REVIEWS_COUNT,
  /** An unreadable ScienceQA letter becomes a random choice; else it is wrong. */
  RANDOM_LETTER,
  /** v1.0 leaves {@code <image>} in the question, beside the patch tokens. */
  IMAGE_WORD_STAYS,
  /** v1.0 leaves leading role names in answers, except in a few templates. */
  ROLE_STAYS,
  /** Templates with two separators cut answers at the first blank; else at the second one. */
  CUT_AT_FIRST_BLANK,
  /** Text-only answers lose their first 11 characters; else a leading role name. */
  BLIND_ROLE_CUT
}
