package io.github.llavamed.tokenizer.internal;

/**
 * How the slow tokenizers differ when they turn pieces into text.
 *
 * @param stripsFirstSpace whether the first piece of a run loses one U+2581 before SentencePiece
 *     sees it
 * @param dropsEmptyRuns whether a run without text in front of an added token leaves no separator
 * @param spaceAfterLeadingSpecial whether a run that begins with a special token gets a space after
 *     it
 */
record SlowDecoding(
    boolean stripsFirstSpace, boolean dropsEmptyRuns, boolean spaceAfterLeadingSpecial) {
  /** Rules of transformers 4.28.1. */
  static final SlowDecoding V1_0 = new SlowDecoding(false, false, false);

  /** Rules of transformers 4.36.2. */
  static final SlowDecoding V1_5 = new SlowDecoding(true, true, false);

  /** Rules of transformers 4.57.1, which depend on {@code add_prefix_space}. */
  static SlowDecoding hf(boolean addPrefixSpace) {
    return new SlowDecoding(addPrefixSpace, true, addPrefixSpace);
  }
}
