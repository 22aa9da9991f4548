package io.github.llavamed.model.internal;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.VisionTowerConfig;

/** How many layers of a tower the selected feature needs. */
public final class TowerDepth {
  private static final int BIOMED_CLIP_OUTPUTS = 3; // the original asks for the last three blocks

  private TowerDepth() {}

  /**
   * Returns the number of encoder layers to run.
   *
   * <p>CLIP has {@code n + 1} hidden states, of which state {@code k} needs {@code k} layers;
   * BiomedCLIP's index runs over its last three blocks (model.md 2.3).
   */
  public static int of(LlavaConfig config) {
    VisionTowerConfig tower = config.visionTower();
    int layer = config.featureSelection().layer();
    int layers = tower.numHiddenLayers();
    return switch (tower.type()) {
      case CLIP -> layer < 0 ? layers + 1 + layer : layer;
      case BIOMED_CLIP -> {
        int outputs = Math.min(BIOMED_CLIP_OUTPUTS, layers);
        int index = layer < 0 ? outputs + layer : layer;
        yield layers - outputs + index + 1;
      }
    };
  }

  /** Returns true if a tower tensor belongs to a layer that exists but lies beyond that depth. */
  static boolean isBeyond(String canonical, LlavaConfig config) {
    String prefix =
        canonical.startsWith(CanonicalNames.CLIP_LAYERS)
            ? CanonicalNames.CLIP_LAYERS
            : CanonicalNames.TRUNK_BLOCKS;
    if (!canonical.startsWith(prefix)) {
      return false;
    }
    int dot = canonical.indexOf('.', prefix.length());
    String number = dot < 0 ? "" : canonical.substring(prefix.length(), dot);
    if (!number.matches("[0-9]{1,6}")) {
      return false;
    }
    int layer = Integer.parseInt(number);
    return layer >= of(config) && layer < config.visionTower().numHiddenLayers();
  }
}
