package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ids of v1.5's keywords: each one's encoding without BOS, unless BOS is all there is.
 *
 * @param ids per keyword
 * @param longest number of ids of the longest one
 */
record KeywordIds(List<int[]> ids, int longest) {
  static KeywordIds of(List<String> keywords, Tokenizer tokenizer) {
    List<int[]> all = new ArrayList<>();
    int longest = 0;
    for (String keyword : keywords) {
      int[] ids = tokenizer.encode(keyword);
      boolean bos =
          ids.length > 1
              && tokenizer.specialTokens().bos().isPresent()
              && tokenizer.specialTokens().bos().getAsInt() == ids[0];
      int[] bare = bos ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
      all.add(bare);
      longest = Math.max(longest, bare.length);
    }
    return new KeywordIds(List.copyOf(all), longest);
  }
}
