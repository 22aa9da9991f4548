package io.github.llavamed.tokenizer;

import java.util.Arrays;

/**
 * Cuts generated text into the pieces that the original's {@code TextIteratorStreamer} emits.
 *
 * <p>All ids since the last newline are decoded anew at each step. Text is emitted up to the last
 * space, whole at a newline, whole if it ends in a CJK ideograph. Positions count code points. When
 * an id changes text that has been emitted already (bytes that complete a character), the emitted
 * pieces do not join to the decoded text: the original is like that, and this class follows it. Use
 * {@link Tokenizer#streamingDecoder} for pieces that always join to the decoded text.
 *
 * <p>Source: {@code TextStreamer} of transformers 4.36.2. Confined to one thread; time per id grows
 * with the ids since the last newline.
 */
public final class TextStreamer {
  private final Tokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private int[] cache = new int[64];
  private int cached;
  private int printed; // code points of the cache's text that are out

  /** Creates a streamer for one answer. */
  public TextStreamer(Tokenizer tokenizer, boolean skipSpecialTokens) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  /** Takes the next generated id and returns the text that the original emits now, maybe empty. */
  public String put(int id) {
    if (cached == cache.length) {
      cache = Arrays.copyOf(cache, Math.multiplyExact(cached, 2));
    }
    cache[cached++] = id;
    String text = text();
    String piece;
    if (text.endsWith("\n")) {
      piece = from(text, text.length());
      cached = 0;
      printed = 0;
    } else {
      boolean whole = !text.isEmpty() && isIdeograph(text.codePointBefore(text.length()));
      piece = from(text, whole ? text.length() : text.lastIndexOf(' ') + 1);
      printed += piece.codePointCount(0, piece.length());
    }
    return piece;
  }

  /** Returns the rest of the text and makes the streamer ready for the next answer. */
  public String end() {
    String text = text();
    String piece = from(text, text.length());
    cached = 0;
    printed = 0;
    return piece;
  }

  private String text() {
    return cached == 0 ? "" : tokenizer.decode(Arrays.copyOf(cache, cached), skipSpecialTokens);
  }

  private String from(String text, int end) {
    if (text.codePointCount(0, end) <= printed) {
      return "";
    }
    return text.substring(text.offsetByCodePoints(0, printed), end);
  }

  private static boolean isIdeograph(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B820 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
