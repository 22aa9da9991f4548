package io.github.llavamed.cli;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.model.VisionTowerSource;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes the image processor of a checkpoint without starting a backend. */
final class ModelProcessor {
  private ModelProcessor() {}

  static ImageProcessor load(Path directory, @Nullable String tower, @Nullable ImageAspect aspect)
      throws IOException {
    LoadOptions options = LoadOptions.defaults();
    if (tower != null) {
      options = options.withVisionTower(VisionTowerSource.parse(tower));
    }
    try (LoadedModel model = ModelLoader.load(directory, options)) {
      Path file = model.processorConfig().orElse(null);
      ImageProcessorConfig config =
          file != null
              ? ImageProcessorConfig.load(file)
              : ImageProcessorConfig.clip(model.config().visionTower().imageSize());
      ImageAspect mode = aspect != null ? aspect : model.config().imageAspect();
      return ImageProcessor.create(config, mode, ImageLimits.defaults());
    }
  }
}
