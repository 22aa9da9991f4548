package io.github.llavamed.testing;

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
import org.jspecify.annotations.Nullable;

/** Small configurations for tests of everything but the arithmetic. */
public final class TestConfigs {
  private TestConfigs() {}

  /** Returns a configuration with a tower of {@code side * side} patches. */
  public static LlavaConfig of(ModelFamily family, int side, boolean markers) {
    return of(family, side, true, markers, null, null);
  }

  /**
   * Returns a configuration.
   *
   * @param side patches along one side of the image
   * @param dropClassToken whether an image has one feature row more than patches
   * @param markers {@code mm_use_im_start_end}
   * @param imageTokenId Hugging Face's image id, or null
   * @param maxLength {@code tokenizer_model_max_length}, or null
   */
  public static LlavaConfig of(
      ModelFamily family,
      int side,
      boolean dropClassToken,
      boolean markers,
      @Nullable Integer imageTokenId,
      @Nullable Integer maxLength) {
    return new LlavaConfig(
        family,
        new LanguageModelConfig(
            "llama",
            8,
            16,
            1,
            2,
            2,
            4,
            Activation.SILU,
            1e-6f,
            10000,
            2048,
            null,
            160,
            false,
            1,
            List.of(2),
            0),
        new VisionTowerConfig(
            VisionTowerConfig.Type.CLIP, 8, 16, 2, 2, 14 * side, 14, 1e-5f, Activation.QUICK_GELU),
        null,
        new ProjectorConfig("linear", 1, 8, 8, true, Activation.GELU),
        new FeatureSelection(-2, dropClassToken),
        ImageAspect.SQUARE,
        markers,
        false,
        imageTokenId,
        maxLength,
        PaddingSide.RIGHT,
        2048,
        null);
  }
}
