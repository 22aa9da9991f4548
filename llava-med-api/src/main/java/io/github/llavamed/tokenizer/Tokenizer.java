package io.github.llavamed.tokenizer;

import java.util.OptionalInt;

/** Text to ids and back, by one checkpoint's rules. Implementations are safe for concurrent use. */
public interface Tokenizer {
  /** Returns the ids of a text with the special tokens that the checkpoint's rules add (BOS). */
  default int[] encode(String text) {
    return encode(text, true);
  }

  /** Returns the ids of a text, with BOS in front if asked for and if the checkpoint adds it. */
  int[] encode(String text, boolean addSpecialTokens);

  /**
   * Returns the text of ids.
   *
   * @throws IllegalArgumentException if an id is outside 0 … {@link #size()} - 1
   */
  String decode(int[] ids, boolean skipSpecialTokens);

  /** Returns the number of ids: pieces and added tokens. */
  int size();

  /** Returns the id of a piece or added token, if it is known. */
  OptionalInt idOf(String token);

  /** Returns the piece or added token of an id. */
  String tokenOf(int id);

  /** Returns the special tokens and their ids. */
  SpecialTokens specialTokens();

  /** Returns a new decoder that turns ids into text as they come. */
  StreamingDecoder streamingDecoder(boolean skipSpecialTokens);
}
