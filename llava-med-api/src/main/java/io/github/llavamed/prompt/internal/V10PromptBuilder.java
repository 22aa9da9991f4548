package io.github.llavamed.prompt.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.Prompt;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.List;

/**
 * Prompts of v1.0: an image is a run of {@code <im_patch>} in the text, between {@code <im_start>}
 * and {@code <im_end>} if the model uses markers, and the run's embeddings are replaced in place.
 */
public final class V10PromptBuilder implements PromptBuilder {
  static final String PATCH = "<im_patch>";
  static final String START = "<im_start>";
  static final String END = "<im_end>";

  private final Tokenizer tokenizer;
  private final V10Splice splice;
  private final String imageBlock;
  private final boolean markers;

  /** Creates the builder; see {@link PromptBuilder#forModel}. */
  public V10PromptBuilder(LlavaConfig config, Tokenizer tokenizer, OriginalQuirks quirks) {
    this.tokenizer = tokenizer;
    this.markers = config.mmUseImStartEnd();
    this.splice = V10Splice.create(config, tokenizer, quirks);
    String patches = PATCH.repeat(config.imageFeatureCount());
    this.imageBlock = markers ? START + patches + END : patches;
  }

  @Override
  public Prompt build(String promptText, int imageCount) {
    String expanded = promptText;
    if (!promptText.contains(PATCH)) {
      int places = PromptIds.occurrences(promptText, IMAGE_PLACEHOLDER);
      if (places != imageCount) {
        throw new ImageCountException(places, imageCount);
      }
      expanded = promptText.replace(IMAGE_PLACEHOLDER, imageBlock);
    }
    int[] ids = tokenizer.encode(expanded);
    return PromptIds.prompt(promptText, ids, segments(ids, imageCount));
  }

  @Override
  public List<InputSegment> segments(int[] inputIds, int imageCount) {
    PromptIds.check(inputIds, tokenizer, 0);
    return splice.segments(inputIds, imageCount);
  }

  @Override
  public int imagePlaces(String promptText) {
    if (!promptText.contains(PATCH)) {
      return PromptIds.occurrences(promptText, IMAGE_PLACEHOLDER);
    }
    return PromptIds.occurrences(promptText, markers ? START : imageBlock);
  }
}
