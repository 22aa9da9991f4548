package io.github.llavamed.tokenizer;

import io.github.llavamed.tokenizer.internal.LoadedTokenizer;
import io.github.llavamed.tokenizer.internal.TokenizerLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads tokenizers from checkpoint directories. Stateless, safe for concurrent use.
 *
 * <p>The tokenizers take any string: a lone surrogate, which the originals refuse, counts as
 * U+FFFD. Encoding n characters takes O(n log n) time. With special tokens kept, the streaming
 * decoder of the slow rules holds text back until a special token or the end comes, because these
 * rules may put a space in front of it.
 */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Loads the tokenizer of a directory with the default limits.
   *
   * @param directory holds {@code tokenizer.model} or {@code tokenizer.json}, and beside it {@code
   *     tokenizer_config.json}, {@code special_tokens_map.json}, {@code added_tokens.json} where
   *     the rules read them
   * @param rules whose rules to follow
   * @throws IOException if a file cannot be read; a {@link java.nio.file.NoSuchFileException} names
   *     the directory and the files looked for
   * @throws MalformedTokenizerException if a file breaks its format or a limit
   * @throws io.github.llavamed.config.UnsupportedModelException if a file is well formed but asks
   *     for something that this library does not do, such as a Unigram model
   */
  public static Tokenizer load(Path directory, TokenizerRules rules) throws IOException {
    return load(directory, rules, TokenizerLimits.DEFAULTS);
  }

  /**
   * Loads the tokenizer of a directory within limits; otherwise like {@link #load(Path,
   * TokenizerRules)}.
   */
  public static Tokenizer load(Path directory, TokenizerRules rules, TokenizerLimits limits)
      throws IOException {
    return TokenizerLoader.load(directory, rules, limits);
  }

  /**
   * Returns a tokenizer that knows some more tokens, as {@code add_tokens} of the original does at
   * load time; the given one stays as it is.
   *
   * <p>Ids go on after the last one in the order of the list. A token that is already known keeps
   * its id. Under {@link TokenizerRules#V1_0_SLOW} decoding never skips such tokens and they strip
   * white space on both sides; under the other rules a special one is skipped and strips nothing.
   *
   * @param tokenizer a tokenizer from {@link #load}
   * @throws IllegalArgumentException if the tokenizer is not one of this library
   */
  public static Tokenizer withAddedTokens(Tokenizer tokenizer, List<AddedToken> tokens) {
    if (tokenizer instanceof LoadedTokenizer loaded) {
      return loaded.withAddedTokens(tokens);
    }
    throw new IllegalArgumentException(
        "expected a tokenizer loaded by Tokenizers.load, found " + tokenizer.getClass().getName());
  }
}
