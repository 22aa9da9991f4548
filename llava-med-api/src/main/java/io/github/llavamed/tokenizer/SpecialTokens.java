package io.github.llavamed.tokenizer;

import java.util.OptionalInt;
import java.util.Set;

/**
 * The special tokens of a tokenizer, as its files and rules declare them.
 *
 * @param bos id put in front of a text
 * @param eos id that ends an answer
 * @param unk id of unknown text
 * @param pad id that fills up batches
 * @param all every id that decoding skips when asked to
 */
public record SpecialTokens(
    OptionalInt bos, OptionalInt eos, OptionalInt unk, OptionalInt pad, Set<Integer> all) {
  /** Copies the set. */
  public SpecialTokens {
    all = Set.copyOf(all);
  }
}
