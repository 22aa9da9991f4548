package io.github.llavamed.demo.training;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.demo.dataset.PhantomDataset;

/** The sizes of the demo model: LLaVA-Med v1.5 in everything but size, 1.4 M parameters. */
final class DemoShape {
  static final int PATCH_SIZE = 12;
  static final VisionTowerConfig TOWER =
      new VisionTowerConfig(
          VisionTowerConfig.Type.CLIP,
          96,
          384,
          4,
          4,
          PhantomDataset.IMAGE_SIZE,
          PATCH_SIZE,
          1e-5f,
          Activation.QUICK_GELU);
  static final FeatureSelection SELECTION = new FeatureSelection(-2, true);

  static final int HIDDEN_SIZE = 128;
  static final int INTERMEDIATE_SIZE = 352;
  static final int LAYERS = 4;
  static final int HEADS = 4;
  static final int KEY_VALUE_HEADS = 2;
  static final int HEAD_SIZE = HIDDEN_SIZE / HEADS;
  static final double RMS_NORM_EPS = 1e-5;
  static final double ROPE_THETA = 10_000;
  static final int MAX_POSITIONS = 2048;
  static final int VOCABULARY = 640;

  private DemoShape() {}
}
