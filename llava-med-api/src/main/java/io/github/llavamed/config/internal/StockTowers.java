package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The sizes of the published towers, by hub id.
 *
 * <p>Source: {@code config.json} of the hub repositories, and timm's {@code vit_base_patch16_224}
 * for BiomedCLIP.
 */
final class StockTowers {
  /** timm's ViT-B/16: exact GELU, LayerNorm epsilon 1e-6. */
  static final VisionTowerConfig VIT_BASE_PATCH16_224 =
      new VisionTowerConfig(
          VisionTowerConfig.Type.BIOMED_CLIP, 768, 3072, 12, 12, 224, 16, 1e-6f, Activation.GELU);

  private static final Map<String, VisionTowerConfig> BY_ID =
      Map.of(
          "openai/clip-vit-large-patch14", clip(1024, 24, 16, 224, 14),
          "openai/clip-vit-large-patch14-336", clip(1024, 24, 16, 336, 14),
          "openai/clip-vit-base-patch16", clip(768, 12, 12, 224, 16),
          "openai/clip-vit-base-patch32", clip(768, 12, 12, 224, 32));

  private StockTowers() {}

  /** Finds a tower by hub id; every name that means BiomedCLIP means the one published. */
  static Optional<VisionTowerConfig> find(String hubId) {
    return TowerReader.namesBiomedClip(hubId)
        ? Optional.of(VIT_BASE_PATCH16_224)
        : Optional.ofNullable(BY_ID.get(hubId.toLowerCase(Locale.ROOT)));
  }

  private static VisionTowerConfig clip(int hidden, int layers, int heads, int image, int patch) {
    return new VisionTowerConfig(
        VisionTowerConfig.Type.CLIP,
        hidden,
        4 * hidden,
        layers,
        heads,
        image,
        patch,
        1e-5f,
        Activation.QUICK_GELU);
  }
}
