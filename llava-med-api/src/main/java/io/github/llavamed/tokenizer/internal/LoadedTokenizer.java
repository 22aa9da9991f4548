package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/** What the tokenizers of this library can do beyond the public interface. */
public interface LoadedTokenizer extends Tokenizer {
  /** Returns a tokenizer with some more tokens; this one stays as it is. */
  Tokenizer withAddedTokens(List<AddedToken> tokens);

  /**
   * Returns the ids of a text with special tokens, cut to a length as the original cuts.
   *
   * @param maxLength most ids, at least 1
   */
  int[] encodeTruncated(String text, int maxLength);
}
