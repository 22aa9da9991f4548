package io.github.llavamed.model;

import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.OptionalInt;
import java.util.Set;

/** A tokenizer of which only the number of ids is known. */
record FixedLengthTokenizer(int size) implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OptionalInt idOf(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String tokenOf(int id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SpecialTokens specialTokens() {
    OptionalInt none = OptionalInt.empty();
    return new SpecialTokens(none, none, none, none, Set.of());
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    throw new UnsupportedOperationException();
  }
}
