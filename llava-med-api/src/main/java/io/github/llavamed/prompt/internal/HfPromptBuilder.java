package io.github.llavamed.prompt.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.InvalidPromptException;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * Prompts of Hugging Face's LLaVA: {@code <image>} is a token, repeated once per feature row, and
 * the rows replace the repeats in order.
 */
public final class HfPromptBuilder implements PromptBuilder {
  private final Tokenizer tokenizer;
  private final int imageId;
  private final int rows;

  /** Creates the builder; see {@link PromptBuilder#forModel}. */
  public HfPromptBuilder(LlavaConfig config, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.rows = config.imageFeatureCount();
    this.imageId =
        PromptIds.require(tokenizer, IMAGE_PLACEHOLDER, "prompts of a Hugging Face model need");
    Integer configured = config.imageTokenId();
    if (configured == null || configured != imageId) {
      throw new InvalidPromptException(
          "image token: the configuration's image_token_index is %s, the tokenizer has <image> at %d"
              .formatted(configured, imageId));
    }
  }

  @Override
  public Prompt build(String promptText, int imageCount) {
    int places = imagePlaces(promptText);
    if (places != imageCount) {
      throw new ImageCountException(places, imageCount);
    }
    int[] ids =
        tokenizer.encode(promptText.replace(IMAGE_PLACEHOLDER, IMAGE_PLACEHOLDER.repeat(rows)));
    return PromptIds.prompt(promptText, ids, segments(ids, imageCount));
  }

  @Override
  public List<InputSegment> segments(int[] inputIds, int imageCount) {
    PromptIds.check(inputIds, tokenizer, imageId);
    int tokens = PromptIds.count(inputIds, imageId);
    int features = Math.multiplyExact(imageCount, rows);
    if (tokens != features) {
      throw new InvalidPromptException(
          "Image features and image tokens do not match: tokens: %d, features %d (%d image(s))"
              .formatted(tokens, features, imageCount));
    }
    SegmentList segments = new SegmentList();
    int row = 0;
    int at = 0;
    while (at < inputIds.length) {
      int end = at + 1;
      boolean image = inputIds[at] == imageId;
      // A run ends where the kind of id changes, and an image's last row ends a segment too.
      while (end < inputIds.length
          && (inputIds[end] == imageId) == image
          && !(image && (row + end - at) % rows == 0)) {
        end++;
      }
      if (image) {
        segments.image(row / rows, row % rows, end - at);
        row += end - at;
      } else {
        segments.tokens(inputIds, at, end);
      }
      at = end;
    }
    return segments.toList();
  }

  @Override
  public int imagePlaces(String promptText) {
    return PromptIds.occurrences(promptText, IMAGE_PLACEHOLDER);
  }
}
