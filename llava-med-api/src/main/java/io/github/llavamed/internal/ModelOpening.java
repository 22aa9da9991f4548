package io.github.llavamed.internal;

import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.GrayPadding;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.image.PadOffset;
import io.github.llavamed.inference.BackendRegistry;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.prompt.PromptBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a checkpoint directory and options into a model that answers. */
public final class ModelOpening {
  private static final Logger LOG = LoggerFactory.getLogger(ModelOpening.class);

  /** Start of directory names that say nothing without their parent's. */
  private static final String NUMBERED_CHECKPOINT = "checkpoint-";

  private ModelOpening() {}

  /** Opens a model on a backend of the registry; the caller closes it. */
  public static VisionLanguageModel open(
      Path directory, LoadOptions options, BackendRegistry registry) throws IOException {
    long start = System.nanoTime();
    InferenceBackendProvider provider = registry.choose(options.backend());
    LoadedModel model = ModelLoader.load(directory, modelOptions(options));
    boolean opened = false;
    try {
      ImageProcessor images = imageProcessor(model, options);
      PromptBuilder prompts =
          PromptBuilder.forModel(model.config(), model.tokenizer(), options.quirks());
      InferenceBackend backend = provider.create(model.artifacts(), options.backendOptions());
      ModelDescription description =
          new ModelDescription(
              name(directory), model.config().family(), backend.id(), backend.precision());
      ModelParts parts =
          new ModelParts(
              model.config(),
              model.tokenizer(),
              prompts,
              images,
              backend,
              options.quirks(),
              description,
              ImageFeatureCache.ofBytes(options.imageCacheBytes()));
      VisionLanguageModel opening =
          new LocalVisionLanguageModel(
              parts,
              model,
              model.visionTower().directory(),
              Duration.ofNanos(System.nanoTime() - start));
      opened = true;
      LOG.info("{}: LLaVA-Med is for research only, not for clinical use", opening);
      return opening;
    } finally {
      if (!opened) {
        model.close();
      }
    }
  }

  private static io.github.llavamed.model.LoadOptions modelOptions(LoadOptions options) {
    return new io.github.llavamed.model.LoadOptions(
        options.visionTower(), options.configOptions(), options.checkpointLimits());
  }

  private static ImageProcessor imageProcessor(LoadedModel model, LoadOptions options)
      throws IOException {
    LlavaConfig config = model.config();
    int towerSize = config.visionTower().imageSize();
    Optional<Path> file = model.processorConfig();
    ImageProcessorConfig numbers =
        file.isPresent()
            ? ImageProcessorConfig.load(file.get())
            : ImageProcessorConfig.clip(towerSize);
    boolean cropped = config.imageAspect() != ImageAspect.KEEP;
    if (cropped && (numbers.cropHeight() != towerSize || numbers.cropWidth() != towerSize)) {
      throw new UnsupportedModelException(
          ("%s: crop of %d x %d pixels: the vision tower takes %d x %d; use the processor"
                  + " configuration that belongs to the tower")
              .formatted(
                  file.orElse(Path.of("preprocessor_config.json")),
                  numbers.cropHeight(),
                  numbers.cropWidth(),
                  towerSize,
                  towerSize));
    }
    ImageProcessor processor =
        ImageProcessor.create(numbers, config.imageAspect(), options.imageLimits());
    return asTheFamilyPads(processor, config.family(), options);
  }

  /** v1.0 turns images into RGB before it pads them; v1.5 pads grey ones in grey, see its quirk. */
  private static ImageProcessor asTheFamilyPads(
      ImageProcessor processor, ModelFamily family, LoadOptions options) {
    if (family == ModelFamily.LLAVA_V1_0) {
      return processor.withGrayPadding(GrayPadding.PER_CHANNEL);
    }
    return options.quirks().randomPadOffset()
        ? processor.withPadOffset(PadOffset.random(options.seed()))
        : processor;
  }

  /** Returns the model's name by the original's rule: the last part of the path, or two of them. */
  static String name(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    Path last = path.getFileName();
    if (last == null) {
      return path.toString();
    }
    Path parent = path.getParent() == null ? null : path.getParent().getFileName();
    return parent != null && last.toString().startsWith(NUMBERED_CHECKPOINT)
        ? parent + "_" + last
        : last.toString();
  }
}
