package io.github.llavamed.generation.internal;

import java.util.BitSet;

/** Says which tokens may follow those of an answer. Confined to one thread. */
interface AllowedTokens {
  /** Returns the ids that may follow, those that end the answer not among them. */
  BitSet after(int[] newIds);

  /** Returns whether the answer may end after these ids. */
  boolean mayEndAfter(int[] newIds);
}
