package io.github.llavamed.config;

import org.jspecify.annotations.Nullable;

/**
 * One configuration for all three families. Immutable.
 *
 * @param family which layout the checkpoint has on disk
 * @param languageModel the decoder
 * @param visionTower the tower
 * @param visionTowerName the configuration's {@code mm_vision_tower}: hub id or path, relative ones
 *     relative to the checkpoint directory; null for {@link ModelFamily#HF_LLAVA}
 * @param projector the projector
 * @param featureSelection which tower output is used
 * @param imageAspect treatment of images that are not square
 * @param mmUseImStartEnd whether images are wrapped in marker tokens
 * @param mmUseImPatchToken whether the patch token is added on load (v1.5)
 * @param imageTokenId the id that stands for one image position ({@link ModelFamily#HF_LLAVA}), or
 *     null
 * @param tokenizerModelMaxLength length to which spliced prompts are cut, or null for no cut
 * @param tokenizerPaddingSide side on which batches are padded
 * @param contextLength positions that a prompt and its answer may fill together
 * @param torchDtype the configuration's {@code torch_dtype}, or null
 */
public record LlavaConfig(
    ModelFamily family,
    LanguageModelConfig languageModel,
    VisionTowerConfig visionTower,
    @Nullable String visionTowerName,
    ProjectorConfig projector,
    FeatureSelection featureSelection,
    ImageAspect imageAspect,
    boolean mmUseImStartEnd,
    boolean mmUseImPatchToken,
    @Nullable Integer imageTokenId,
    @Nullable Integer tokenizerModelMaxLength,
    PaddingSide tokenizerPaddingSide,
    int contextLength,
    @Nullable String torchDtype) {
  /** Returns the number of feature rows that one image becomes. */
  public int imageFeatureCount() {
    return visionTower.patchCount() + (featureSelection.dropClassToken() ? 0 : 1);
  }
}
