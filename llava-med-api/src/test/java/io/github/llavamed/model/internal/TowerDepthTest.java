package io.github.llavamed.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TowerDepthTest {
  private static LlavaConfig config(VisionTowerConfig.Type type, int layers, int selected) {
    return new LlavaConfig(
        ModelFamily.LLAVA_V1_0,
        new LanguageModelConfig(
            "llama",
            8,
            8,
            1,
            1,
            1,
            8,
            Activation.SILU,
            1e-6f,
            1e4,
            64,
            null,
            8,
            false,
            null,
            List.of(),
            null),
        new VisionTowerConfig(type, 8, 8, layers, 1, 28, 14, 1e-5f, Activation.GELU),
        "tower",
        new ProjectorConfig("linear", 1, 8, 8, true, Activation.GELU),
        new FeatureSelection(selected, true),
        ImageAspect.SQUARE,
        true,
        true,
        null,
        null,
        PaddingSide.RIGHT,
        64,
        null);
  }

  @ParameterizedTest
  @CsvSource({
    "CLIP, 24, -2, 23",
    "CLIP, 24, -1, 24",
    "CLIP, 24, 24, 24",
    "CLIP, 24, 0, 0",
    "CLIP, 24, -25, 0",
    "BIOMED_CLIP, 12, -2, 11",
    "BIOMED_CLIP, 12, -1, 12",
    "BIOMED_CLIP, 12, -3, 10",
    "BIOMED_CLIP, 12, 0, 10",
    "BIOMED_CLIP, 12, 2, 12",
    "BIOMED_CLIP, 2, -2, 1"
  })
  void countsTheLayersThatTheSelectedFeatureNeeds(
      VisionTowerConfig.Type type, int layers, int selected, int needed) {
    LlavaConfig config = config(type, layers, selected);

    assertThat(TowerDepth.of(config)).isEqualTo(needed);
    String prefix =
        type == VisionTowerConfig.Type.CLIP
            ? "vision_model.encoder.layers."
            : "visual.trunk.blocks.";
    assertThat(TowerDepth.isBeyond(prefix + needed + ".x", config)).isEqualTo(needed < layers);
    assertThat(TowerDepth.isBeyond(prefix + layers + ".x", config)).isFalse();
    assertThat(TowerDepth.isBeyond(prefix + "999999999999.x", config)).isFalse();
    assertThat(TowerDepth.isBeyond(prefix + "x", config)).isFalse();
  }
}
