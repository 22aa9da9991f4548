package io.github.llavamed.eval.generation;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;

/**
 * What prompts need to know of a model. Immutable.
 *
 * @param family layout of the checkpoint
 * @param markers whether images stand between marker tokens, {@code mm_use_im_start_end}
 * @param patches number of patch tokens of an image
 */
public record PromptTraits(ModelFamily family, boolean markers, int patches) {
  private static final String IMAGE = "<image>";

  /** Returns the traits of a model's configuration. */
  public static PromptTraits of(LlavaConfig config) {
    return new PromptTraits(config.family(), config.mmUseImStartEnd(), config.imageFeatureCount());
  }

  /** Returns whether prompts spell out the patch tokens of an image. */
  boolean spellsPatches() {
    return family == ModelFamily.LLAVA_V1_0;
  }

  /** Returns the text that stands for an image. */
  String imageBlock() {
    String image = spellsPatches() ? "<im_patch>".repeat(patches) : IMAGE;
    return markers ? "<im_start>" + image + "<im_end>" : image;
  }
}
