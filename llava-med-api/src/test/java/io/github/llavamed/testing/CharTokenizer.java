package io.github.llavamed.testing;

import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A tokenizer made for tests: one id per character below 128, and added tokens.
 *
 * <p>Ids: 0 {@code <unk>}, 1 {@code <s>}, 2 {@code </s>}, 3 + c for the character c, then the added
 * tokens from {@link #FIRST_ADDED} on.
 */
public final class CharTokenizer implements Tokenizer {
  /** Id of the first added token. */
  public static final int FIRST_ADDED = 3 + 128;

  private final boolean addsBos;
  private final List<String> added;

  private CharTokenizer(boolean addsBos, List<String> added) {
    this.addsBos = addsBos;
    this.added = added;
  }

  /** Returns a tokenizer that adds BOS and knows these added tokens. */
  public static CharTokenizer with(String... added) {
    return new CharTokenizer(true, List.of(added));
  }

  /** Returns a tokenizer that adds no BOS. */
  public static CharTokenizer withoutBos(String... added) {
    return new CharTokenizer(false, List.of(added));
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    List<Integer> ids = new ArrayList<>();
    if (addSpecialTokens && addsBos) {
      ids.add(1);
    }
    int at = 0;
    while (at < text.length()) {
      int token = addedAt(text, at);
      ids.add(token >= 0 ? FIRST_ADDED + token : 3 + text.charAt(at));
      at += token >= 0 ? added.get(token).length() : 1;
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private int addedAt(String text, int at) {
    return IntStream.range(0, added.size())
        .filter(i -> text.startsWith(added.get(i), at))
        .findFirst()
        .orElse(-1);
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    StringBuilder text = new StringBuilder();
    Arrays.stream(ids)
        .filter(id -> id > 2 || !skipSpecialTokens)
        .mapToObj(this::tokenOf)
        .forEach(text::append);
    return text.toString();
  }

  @Override
  public int size() {
    return FIRST_ADDED + added.size();
  }

  @Override
  public OptionalInt idOf(String token) {
    return IntStream.range(0, size()).filter(id -> tokenOf(id).equals(token)).findFirst();
  }

  @Override
  public String tokenOf(int id) {
    if (id >= FIRST_ADDED) {
      return added.get(id - FIRST_ADDED);
    }
    return id < 3 ? List.of("<unk>", "<s>", "</s>").get(id) : String.valueOf((char) (id - 3));
  }

  @Override
  public SpecialTokens specialTokens() {
    return new SpecialTokens(
        OptionalInt.of(1),
        OptionalInt.of(2),
        OptionalInt.of(0),
        OptionalInt.empty(),
        Set.of(0, 1, 2));
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new StreamingDecoder() {
      @Override
      public String accept(int id) {
        return decode(new int[] {id}, skipSpecialTokens);
      }

      @Override
      public String finish() {
        return "";
      }

      @Override
      public StreamingDecoder copy() {
        return this; // It keeps nothing.
      }
    };
  }
}
