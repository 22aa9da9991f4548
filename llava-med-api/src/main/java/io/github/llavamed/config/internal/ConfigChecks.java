package io.github.llavamed.config.internal;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import java.nio.file.Path;

/** The checks between values of different parts of a configuration. */
final class ConfigChecks {
  private static final int BIOMED_CLIP_OUTPUTS = 3; // the original asks for the last three blocks

  private ConfigChecks() {}

  static void check(LlavaConfig config, Path file) {
    VisionTowerConfig tower = config.visionTower();
    if (config.projector().inputSize() != tower.hiddenSize()) {
      throw error(
          file,
          "mm_hidden_size",
          config.projector().inputSize(),
          "the width of the vision tower, " + tower.hiddenSize());
    }
    checkTowerType(config, file);
    checkLayer(config, file);
  }

  private static void checkTowerType(LlavaConfig config, Path file) {
    if (config.visionTower().type() != VisionTowerConfig.Type.BIOMED_CLIP) {
      return;
    }
    if (config.family() != ModelFamily.LLAVA_V1_0) {
      throw error(
          file,
          "mm_vision_tower",
          String.valueOf(config.visionTowerName()),
          "a CLIP tower: only v1.0.0 uses BiomedCLIP");
    }
  }

  private static void checkLayer(LlavaConfig config, Path file) {
    FeatureSelection selection = config.featureSelection();
    VisionTowerConfig tower = config.visionTower();
    boolean clip = tower.type() == VisionTowerConfig.Type.CLIP;
    int outputs =
        clip ? tower.numHiddenLayers() + 1 : Math.min(BIOMED_CLIP_OUTPUTS, tower.numHiddenLayers());
    if (selection.layer() < -outputs || selection.layer() >= outputs) {
      throw error(
          file,
          config.family() == ModelFamily.HF_LLAVA
              ? "vision_feature_layer"
              : MultimodalKeys.SELECT_LAYER,
          selection.layer(),
          "an index from "
              + -outputs
              + " to "
              + (outputs - 1)
              + (clip
                  ? " (hidden states of a tower of " + tower.numHiddenLayers() + " layers)"
                  : " (the last blocks of the BiomedCLIP trunk)"));
    }
  }

  private static UnsupportedModelException error(
      Path file, String key, Object value, String expected) {
    return new UnsupportedModelException(
        file + ": key '" + key + "' is " + value + ", expected " + expected);
  }
}
