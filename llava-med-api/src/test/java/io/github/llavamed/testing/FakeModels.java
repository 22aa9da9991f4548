package io.github.llavamed.testing;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.internal.LocalVisionLanguageModel;
import io.github.llavamed.internal.ModelParts;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Models without files, on a {@link FakeBackend}. */
public final class FakeModels {
  /** Side of the input square in pixels; one image becomes four feature rows. */
  private static final int IMAGE_SIZE = 4;

  private FakeModels() {}

  /** Number of feature rows of an image. */
  public static final int FEATURE_ROWS = 4;

  /** Returns a v1.5 model that reads ASCII. */
  public static VisionLanguageModel v15(InferenceBackend backend, int contextLength) {
    return v15(backend, contextLength, new AtomicInteger());
  }

  /** Returns a v1.5 model that reads ASCII and counts how often its weights are closed. */
  public static VisionLanguageModel v15(
      InferenceBackend backend, int contextLength, AtomicInteger weightsClosed) {
    LlavaConfig config = config(contextLength);
    Tokenizer tokenizer = new AsciiTokenizer();
    ModelParts parts =
        new ModelParts(
            config,
            tokenizer,
            PromptBuilder.forModel(config, tokenizer, OriginalQuirks.NONE),
            ImageProcessor.create(
                ImageProcessorConfig.clip(IMAGE_SIZE), ImageAspect.SQUARE, ImageLimits.defaults()),
            backend,
            OriginalQuirks.NONE,
            new ModelDescription("fake", config.family(), backend.id(), backend.precision()));
    return new LocalVisionLanguageModel(parts, weightsClosed::incrementAndGet, Duration.ZERO);
  }

  /** Returns an image of one colour. */
  public static ImageInput image(int rgb) {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return ImageInput.of(image);
  }

  private static LlavaConfig config(int contextLength) {
    return new LlavaConfig(
        ModelFamily.LLAVA_V1_5,
        new LanguageModelConfig(
            "mistral",
            1,
            1,
            1,
            1,
            1,
            1,
            Activation.SILU,
            1e-5f,
            1e6,
            contextLength,
            null,
            AsciiTokenizer.SIZE,
            false,
            1,
            List.of(2),
            null),
        new VisionTowerConfig(
            VisionTowerConfig.Type.CLIP, 1, 1, 1, 1, IMAGE_SIZE, 2, 1e-5f, Activation.QUICK_GELU),
        "tower",
        new ProjectorConfig("linear", 1, 1, 1, true, Activation.GELU),
        new FeatureSelection(-2, true),
        ImageAspect.SQUARE,
        false,
        false,
        null,
        null,
        PaddingSide.RIGHT,
        contextLength,
        null);
  }
}
