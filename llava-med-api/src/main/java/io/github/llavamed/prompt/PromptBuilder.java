package io.github.llavamed.prompt;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.internal.HfPromptBuilder;
import io.github.llavamed.prompt.internal.V10PromptBuilder;
import io.github.llavamed.prompt.internal.V15PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/** Turns prompt text into segments by the rules of one family. Safe for concurrent use. */
public interface PromptBuilder {
  /** The place of an image in prompt text; never a token of v1.0 and v1.5. */
  String IMAGE_PLACEHOLDER = "<image>";

  /** The id that stands for an image in v1.5's input ids, {@code llava/constants.py}. */
  int IMAGE_TOKEN_INDEX = -200;

  /**
   * Returns the builder of a model's family.
   *
   * @param tokenizer the model's tokenizer, its image tokens added
   * @throws InvalidPromptException if the tokenizer lacks a token that the family's image prompts
   *     need
   */
  static PromptBuilder forModel(LlavaConfig config, Tokenizer tokenizer, OriginalQuirks quirks) {
    return switch (config.family()) {
      case LLAVA_V1_0 -> new V10PromptBuilder(config, tokenizer, quirks);
      case LLAVA_V1_5 -> new V15PromptBuilder(config, tokenizer);
      case HF_LLAVA -> new HfPromptBuilder(config, tokenizer);
    };
  }

  /**
   * Returns the prompt of a text.
   *
   * @param promptText the exact text with one {@code <image>} per image; a v1.0 text may hold the
   *     written-out {@code <im_patch>} runs instead, and is then taken as it stands
   * @param imageCount number of images of the request, ≥ 0
   * @return a prompt whose {@link Prompt#text()} is {@code promptText}
   * @throws ImageCountException if the text has another number of places for images
   * @throws InvalidPromptException if the tokens break a rule of the family
   */
  Prompt build(String promptText, int imageCount);

  /**
   * Returns the segments of input ids as the family's own processor makes them: -200 per image for
   * v1.5, patch ids for v1.0, expanded image ids for Hugging Face.
   *
   * @param imageCount number of images of the request, ≥ 0
   * @throws ImageCountException if the ids have another number of places for images
   * @throws InvalidPromptException if the ids break a rule of the family, or are none of the
   *     tokenizer's
   */
  List<InputSegment> segments(int[] inputIds, int imageCount);

  /** Returns how many images a prompt text has places for. */
  int imagePlaces(String promptText);
}
