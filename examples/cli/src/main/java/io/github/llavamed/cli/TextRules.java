package io.github.llavamed.cli;

import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.model.ModelTokenizers;
import io.github.llavamed.prompt.ImageTokens;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A tokenizer and how prompts with images become ids: a model's, or a family's alone. */
final class TextRules {
  /** Turns prompt text into input ids. */
  private interface PromptIds {
    int[] of(String prompt);
  }

  private final Tokenizer tokenizer;
  private final PromptIds promptIds;

  private TextRules(Tokenizer tokenizer, PromptIds promptIds) {
    this.tokenizer = tokenizer;
    this.promptIds = promptIds;
  }

  static TextRules ofModel(Path directory) throws IOException {
    LlavaConfig config = LlavaConfigReader.read(directory, ConfigOptions.defaults()).config();
    Tokenizer tokenizer = ModelTokenizers.load(directory, config);
    PromptBuilder builder = PromptBuilder.forModel(config, tokenizer, OriginalQuirks.NONE);
    return new TextRules(tokenizer, builder::inputIds);
  }

  static TextRules ofTokenizer(Path directory, ModelFamily family) throws IOException {
    TokenizerRules rules =
        switch (family) {
          case LLAVA_V1_0 -> TokenizerRules.V1_0_SLOW;
          case LLAVA_V1_5 -> TokenizerRules.V1_5_FAST;
          case HF_LLAVA -> TokenizerRules.HF_FAST;
        };
    Tokenizer tokenizer = Tokenizers.load(directory, rules);
    PromptIds ids =
        family == ModelFamily.LLAVA_V1_5
            ? prompt -> ImageTokens.encode(prompt, tokenizer)
            : prompt -> withoutImages(prompt, tokenizer, family);
    return new TextRules(tokenizer, ids);
  }

  static ModelFamily family(String name) {
    return Arrays.stream(ModelFamily.values())
        .filter(family -> family.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--family: expected one of "
                        + Arrays.stream(ModelFamily.values())
                            .map(ModelFamily::id)
                            .collect(Collectors.joining(", "))
                        + ", found '"
                        + name
                        + "'"));
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  int[] promptIds(String prompt) {
    return promptIds.of(prompt);
  }

  private static int[] withoutImages(String prompt, Tokenizer tokenizer, ModelFamily family) {
    if (prompt.contains(PromptBuilder.IMAGE_PLACEHOLDER)) {
      throw new IllegalArgumentException(
          "a %s prompt with <image> needs --model: how many ids an image becomes stands in the checkpoint's configuration"
              .formatted(family.id()));
    }
    return tokenizer.encode(prompt);
  }
}
