package io.github.llavamed.testing;

import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokenizer of one id per printable ASCII character: 0 unknown, 1 BOS, 2 EOS, 3 newline, then the
 * characters from space on.
 */
public final class AsciiTokenizer implements Tokenizer {
  /** Number of ids. */
  public static final int SIZE = 4 + 95;

  /** The end-of-sequence id. */
  public static final int EOS = 2;

  private static final int BOS = 1;
  private static final int NEWLINE = 3;
  private static final int FIRST = 4;

  /** Returns the ids of a text without BOS. */
  public static int[] ids(String text) {
    return text.chars().map(AsciiTokenizer::id).toArray();
  }

  private static int id(int character) {
    if (character == '\n') {
      return NEWLINE;
    }
    return character >= ' ' && character <= '~' ? FIRST + character - ' ' : 0;
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    int[] ids = ids(text);
    if (!addSpecialTokens) {
      return ids;
    }
    int[] withBos = new int[ids.length + 1];
    withBos[0] = BOS;
    System.arraycopy(ids, 0, withBos, 1, ids.length);
    return withBos;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(text(id, skipSpecialTokens));
    }
    return text.toString();
  }

  private String text(int id, boolean skipSpecialTokens) {
    return skipSpecialTokens && id < NEWLINE ? "" : tokenOf(id);
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public OptionalInt idOf(String token) {
    for (int id = 0; id < SIZE; id++) {
      if (tokenOf(id).equals(token)) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public String tokenOf(int id) {
    if (id < 0 || id >= SIZE) {
      throw new IllegalArgumentException("id " + id + " of " + SIZE);
    }
    return switch (id) {
      case 0 -> "<unk>";
      case BOS -> "<s>";
      case EOS -> "</s>";
      case NEWLINE -> "\n";
      default -> Character.toString(' ' + id - FIRST);
    };
  }

  @Override
  public SpecialTokens specialTokens() {
    return new SpecialTokens(
        OptionalInt.of(BOS),
        OptionalInt.of(EOS),
        OptionalInt.of(0),
        OptionalInt.empty(),
        Set.of(0, BOS, EOS));
  }

  @Override
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new StreamingDecoder() {
      @Override
      public String accept(int id) {
        return text(id, skipSpecialTokens);
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
