package io.github.llavamed.testing;

import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Loads tokenizers of the golden folders by the keys that their expected values have. */
public final class GoldenTokenizers {
  private static final List<AddedToken> MARKERS =
      List.of(
          AddedToken.of("<im_patch>", true),
          AddedToken.of("<im_start>", true),
          AddedToken.of("<im_end>", true));

  private GoldenTokenizers() {}

  /** Returns the tokenizer of a model and key: {@code v10_pad}, {@code v15_fast_marked} … */
  public static Tokenizer load(String model, String key) {
    Path directories = GoldenFolder.of("text").resolve("tokenizers").resolve(model);
    if (key.startsWith("v10_")) {
      return load(directories.resolve(key), TokenizerRules.V1_0_SLOW);
    }
    TokenizerRules rules =
        key.startsWith("v15_slow") ? TokenizerRules.V1_5_SLOW : TokenizerRules.V1_5_FAST;
    Tokenizer base = load(directories.resolve("v15_base"), rules);
    return key.endsWith("_marked") ? Tokenizers.withAddedTokens(base, MARKERS) : base;
  }

  /** Returns the tokenizer of a directory. */
  public static Tokenizer load(Path directory, TokenizerRules rules) {
    try {
      return Tokenizers.load(directory, rules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
