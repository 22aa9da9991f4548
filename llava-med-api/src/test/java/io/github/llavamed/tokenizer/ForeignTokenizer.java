package io.github.llavamed.tokenizer;

import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** A tokenizer that someone else wrote: one id per char, counted from 0. */
final class ForeignTokenizer implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    return IntStream.range(0, text.length()).toArray();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return "x".repeat(ids.length);
  }

  @Override
  public int size() {
    return 10;
  }

  @Override
  public OptionalInt idOf(String token) {
    return OptionalInt.empty();
  }

  @Override
  public String tokenOf(int id) {
    return "x";
  }

  @Override
  public SpecialTokens specialTokens() {
    OptionalInt none = OptionalInt.empty();
    return new SpecialTokens(none, none, none, none, Set.of());
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    throw new UnsupportedOperationException("not needed here");
  }
}
