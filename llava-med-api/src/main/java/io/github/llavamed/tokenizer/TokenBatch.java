package io.github.llavamed.tokenizer;

import io.github.llavamed.tokenizer.internal.LoadedTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * The ids of several texts as one rectangle, cut at a length and padded on the right.
 *
 * <p>The arrays belong to the batch; do not change them.
 *
 * @param inputIds ids, {@code [b, s]}, s being the longest row after the cut
 * @param attentionMask 1 for ids of the text, 0 for padding, {@code [b, s]}
 */
@SuppressWarnings("ArrayRecordComponent") // rectangles of numbers, compared by identity on purpose
public record TokenBatch(int[][] inputIds, int[][] attentionMask) {
  /**
   * Encodes texts with their special tokens, keeps the first {@code maxLength} ids of each (BOS
   * counts) and pads with the tokenizer's padding id.
   *
   * <p>A length that leaves no room for text beside the special tokens gives BOS alone under fast
   * rules. Under slow rules the row then stays uncut, longer than asked for: the originals do so.
   *
   * @param maxLength most ids of a row, at least 1; the original's {@code model_max_length}
   * @throws IllegalArgumentException if the tokenizer has no padding token or the length is below 1
   */
  public static TokenBatch encode(Tokenizer tokenizer, List<String> texts, int maxLength) {
    int padId =
        tokenizer
            .specialTokens()
            .pad()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "padding: expected a tokenizer with a padding token, found none; give the"
                            + " padding id"));
    return encode(tokenizer, texts, maxLength, padId);
  }

  /** Encodes texts like {@link #encode(Tokenizer, List, int)}, padding with a given id. */
  public static TokenBatch encode(
      Tokenizer tokenizer, List<String> texts, int maxLength, int padId) {
    if (maxLength < 1) {
      throw new IllegalArgumentException("maxLength: expected at least 1, found " + maxLength);
    }
    int[][] rows = new int[texts.size()][];
    int longest = 0;
    for (int row = 0; row < rows.length; row++) {
      rows[row] = encode(tokenizer, texts.get(row), maxLength);
      longest = Math.max(longest, rows[row].length);
    }
    int[][] inputIds = new int[rows.length][longest];
    int[][] attentionMask = new int[rows.length][longest];
    for (int row = 0; row < rows.length; row++) {
      int length = rows[row].length;
      System.arraycopy(rows[row], 0, inputIds[row], 0, length);
      Arrays.fill(inputIds[row], length, longest, padId);
      Arrays.fill(attentionMask[row], 0, length, 1);
    }
    return new TokenBatch(inputIds, attentionMask);
  }

  private static int[] encode(Tokenizer tokenizer, String text, int maxLength) {
    if (tokenizer instanceof LoadedTokenizer loaded) {
      return loaded.encodeTruncated(text, maxLength);
    }
    int[] ids = tokenizer.encode(text);
    return ids.length > maxLength ? Arrays.copyOf(ids, maxLength) : ids;
  }
}
