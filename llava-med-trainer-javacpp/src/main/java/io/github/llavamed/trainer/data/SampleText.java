package io.github.llavamed.trainer.data;

import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.TokenBatch;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * How the texts of samples become ids. Safe for concurrent use as far as its functions are.
 *
 * @param cut the ids of a text, cut at the maximum where the original's tokenizer cuts
 * @param all the ids of a text, not cut
 * @param padId id of padding; in a text it does not count where lengths are measured
 * @param maxLength ids at which a sample is cut, ≥ 1
 */
record SampleText(
    Function<String, int[]> cut, Function<String, int[]> all, int padId, int maxLength) {
  /** Returns plain texts, with another first token where {@code bosId} says so. */
  static SampleText plain(Tokenizer tokenizer, OptionalInt bosId, int padId, int maxLength) {
    return new SampleText(
        text ->
            begun(
                tokenizer,
                bosId,
                TokenBatch.encode(tokenizer, List.of(text), maxLength, padId).inputIds()[0]),
        text -> begun(tokenizer, bosId, tokenizer.encode(text)),
        padId,
        maxLength);
  }

  /** Returns texts with places for images, which are cut when the images are in them. */
  static SampleText prompts(PromptBuilder prompts, int padId, int maxLength) {
    return new SampleText(prompts::inputIds, prompts::inputIds, padId, maxLength);
  }

  private static int[] begun(Tokenizer tokenizer, OptionalInt bosId, int[] ids) {
    OptionalInt own = tokenizer.specialTokens().bos();
    if (ids.length > 0 && own.isPresent() && bosId.isPresent() && ids[0] == own.getAsInt()) {
      ids[0] = bosId.getAsInt();
    }
    return ids;
  }
}
