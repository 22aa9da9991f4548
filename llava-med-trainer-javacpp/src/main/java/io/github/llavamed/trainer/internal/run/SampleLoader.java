package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.data.ImageFirst;
import io.github.llavamed.trainer.data.ImagePlaceholders;
import io.github.llavamed.trainer.data.InstructionFile;
import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.trainer.data.SampleEncoder;
import io.github.llavamed.trainer.internal.engine.BatchImage;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.StoredFeatures;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads samples: text to ids and labels, image files to pixel values. Safe for concurrent use. */
final class SampleLoader implements AutoCloseable {
  private final InstructionFile file;
  private final SampleEncoder encoder;
  private final @Nullable PromptSamples prompts;
  private final @Nullable Images images;
  private final SampleCheck check;

  /** What a run with images needs for each sample. */
  private record Images(
      Path folder,
      ImageProcessor processor,
      ImagePlaceholders placeholders,
      ImageSpans spans,
      FeatureStore store) {}

  /**
   * A sample, read.
   *
   * @param index its place in the file
   * @param text ids and labels
   * @param image its image, or null
   * @param imageStarts where the features of each image go
   */
  record Loaded(
      int index, EncodedSample text, @Nullable BatchImage image, List<Integer> imageStarts) {
    /** Returns the number of places, those of images included. */
    int length() {
      return text.inputIds().length;
    }
  }

  private SampleLoader(
      InstructionFile file,
      SampleEncoder encoder,
      @Nullable PromptSamples prompts,
      @Nullable Images images,
      SampleCheck check) {
    this.file = file;
    this.encoder = encoder;
    this.prompts = prompts;
    this.images = images;
    this.check = check;
  }

  /**
   * Opens the data of a run; the caller closes it.
   *
   * @param stores makes the store of features from the image processor's settings
   */
  static SampleLoader open(
      TrainingConfig training, StartTokenizer tokens, StartConfig start, Stores stores)
      throws IOException {
    LlavaConfig config = start.llava();
    SampleEncoder encoder =
        SampleEncoder.of(
            training.version(),
            training.maskAlignment(),
            tokens.tokenizer(),
            tokens.bosId(),
            tokens.padId(),
            training.modelMaxLength());
    PromptSamples prompts =
        config == null || !start.isComplete()
            ? null
            : PromptSamples.of(training, tokens.tokenizer(), tokens.padId(), config);
    boolean textAlone = prompts != null && training.imageFolder() == null;
    Images images =
        config == null || textAlone ? null : images(training, tokens, start, config, stores);
    SampleCheck check =
        new SampleCheck(
            config != null,
            start.languageModel().maxPositionEmbeddings(),
            training.quirks().legacyUncheckedSamples());
    return new SampleLoader(
        InstructionFile.open(training.dataPath()), encoder, prompts, images, check);
  }

  /** Makes the store of features of a run. */
  @FunctionalInterface
  interface Stores {
    FeatureStore open(String imageProcessor) throws IOException;
  }

  private static Images images(
      TrainingConfig training,
      StartTokenizer tokens,
      StartConfig start,
      LlavaConfig config,
      Stores stores)
      throws IOException {
    Path folder = training.imageFolder();
    if (folder == null) {
      throw new IllegalArgumentException(
          "imageFolder: expected a directory to train with images, found none");
    }
    ImageAspect aspect = start.isComplete() ? config.imageAspect() : training.imageAspectRatio();
    ImageProcessor processor =
        ImageProcessor.create(
            start.processor() != null
                ? ImageProcessorConfig.load(start.processor())
                : ImageProcessorConfig.clip(config.visionTower().imageSize()),
            aspect,
            ImageLimits.defaults());
    int rows = config.imageFeatureCount();
    return new Images(
        folder,
        processor,
        new ImagePlaceholders(rows, tokens.markers()),
        new ImageSpans(tokens.patchId(), tokens.startId(), tokens.endId(), rows),
        stores.open(aspect + " " + processor.config()));
  }

  /** Returns the number of samples. */
  int size() {
    return file.size();
  }

  /**
   * Reads a sample.
   *
   * @throws InvalidTrainingDataException if it cannot be used
   */
  Loaded load(int index) throws IOException {
    InstructionSample sample = file.get(index);
    check.beforeEncoding(sample);
    Loaded loaded = prompts == null ? encode(sample) : encode(prompts, sample);
    check.afterEncoding(index, loaded.text());
    return loaded;
  }

  /** Returns a sample without reading its image. */
  InstructionSample text(int index) throws IOException {
    return file.get(index);
  }

  /**
   * Looks at a sample without encoding it or opening its image.
   *
   * @throws InvalidTrainingDataException if it cannot be used, as far as that shows
   */
  InstructionSample inspect(int index) throws IOException {
    InstructionSample sample = file.get(index);
    check.beforeEncoding(sample);
    if (images != null && sample.image() != null) {
      Path path = path(images, sample.image(), index);
      if (!Files.isRegularFile(path)) {
        throw new InvalidTrainingDataException(
            "sample %d: there is no image %s".formatted(index, path), null);
      }
    }
    return sample;
  }

  private Loaded encode(InstructionSample sample) {
    int index = sample.index();
    if (images == null || sample.image() == null) {
      return new Loaded(index, encoder.encode(sample), null, List.of());
    }
    BatchImage image = read(images, sample.image(), index);
    EncodedSample text = encoder.encode(images.placeholders().replaceIn(sample));
    return new Loaded(index, text, image, images.spans().find(index, text.inputIds()));
  }

  private Loaded encode(PromptSamples texts, InstructionSample sample) {
    InstructionSample arranged = texts.arranged(sample);
    int places = ImageFirst.places(arranged);
    String name = sample.image();
    if (places > (name == null ? 0 : 1)) {
      throw new InvalidTrainingDataException(
          "sample %d: expected one place for each image, found %d turns with <image> and %s"
              .formatted(sample.index(), places, name == null ? "no image" : "one image"),
          null);
    }
    if (places > 0 && images == null) {
      throw new InvalidTrainingDataException(
          "sample %d: image '%s': expected an imageFolder, found none"
              .formatted(sample.index(), name),
          null);
    }
    BatchImage image = name == null || images == null ? null : read(images, name, sample.index());
    PromptSamples.Placed placed = texts.encode(arranged);
    return new Loaded(sample.index(), placed.text(), image, placed.imageStarts());
  }

  private static Path path(Images images, String name, int index) {
    Path path = images.folder().resolve(name).normalize();
    if (!path.startsWith(images.folder().normalize())) {
      throw new InvalidTrainingDataException(
          "sample %d: image '%s' lies outside %s".formatted(index, name, images.folder()), null);
    }
    return path;
  }

  private static BatchImage read(Images images, String name, int index) {
    Path path = path(images, name, index);
    try {
      byte[] bytes = Files.readAllBytes(path);
      if (images.store() == FeatureStore.NONE) {
        return BatchImage.of(images.processor().process(ImageInput.of(bytes)).values());
      }
      String key = TowerHash.of(bytes);
      StoredFeatures known = images.store().find(key);
      return known != null
          ? new BatchImage(null, known, key)
          : new BatchImage(images.processor().process(ImageInput.of(bytes)).values(), null, key);
    } catch (IOException | LlavaMedException e) {
      throw new InvalidTrainingDataException(
          "sample %d: image %s cannot be read: %s".formatted(index, path, e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
