package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.data.ImagePlaceholders;
import io.github.llavamed.trainer.data.InstructionFile;
import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.trainer.data.SampleEncoder;
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
  private final @Nullable Images images;

  /** What a run with images needs for each sample. */
  private record Images(
      Path folder, ImageProcessor processor, ImagePlaceholders placeholders, ImageSpans spans) {}

  /**
   * A sample, read.
   *
   * @param index its place in the file
   * @param text ids and labels
   * @param pixels its image, or null
   * @param imageStarts where the features of each image go
   */
  record Loaded(
      int index, EncodedSample text, @Nullable PixelValues pixels, List<Integer> imageStarts) {}

  private SampleLoader(InstructionFile file, SampleEncoder encoder, @Nullable Images images) {
    this.file = file;
    this.encoder = encoder;
    this.images = images;
  }

  /** Opens the data of a run; the caller closes it. */
  static SampleLoader open(
      TrainingConfig training, StartTokenizer tokens, @Nullable LlavaConfig config)
      throws IOException {
    SampleEncoder encoder =
        SampleEncoder.of(
            training.version(),
            training.maskAlignment(),
            tokens.tokenizer(),
            tokens.bosId(),
            tokens.padId(),
            training.modelMaxLength());
    Images images = config == null ? null : images(training, tokens, config);
    return new SampleLoader(InstructionFile.open(training.dataPath()), encoder, images);
  }

  private static Images images(TrainingConfig training, StartTokenizer tokens, LlavaConfig config)
      throws IOException {
    Path folder = training.imageFolder();
    if (folder == null || training.visionTower() == null) {
      throw new IllegalArgumentException(
          "imageFolder: expected a directory to train with images, found none");
    }
    Path numbers = training.visionTower().resolve("preprocessor_config.json");
    ImageProcessor processor =
        ImageProcessor.create(
            Files.exists(numbers)
                ? ImageProcessorConfig.load(numbers)
                : ImageProcessorConfig.clip(config.visionTower().imageSize()),
            training.imageAspectRatio(),
            ImageLimits.defaults());
    int rows = config.imageFeatureCount();
    return new Images(
        folder,
        processor,
        new ImagePlaceholders(rows, tokens.markers()),
        new ImageSpans(tokens.patchId(), tokens.startId(), tokens.endId(), rows));
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
    if (images == null || sample.image() == null) {
      EncodedSample text = encoder.encode(sample);
      return new Loaded(index, text, null, List.of());
    }
    PixelValues pixels = read(images, sample.image(), index);
    EncodedSample text = encoder.encode(images.placeholders().replaceIn(sample));
    return new Loaded(index, text, pixels, images.spans().find(index, text.inputIds()));
  }

  private static PixelValues read(Images images, String name, int index) {
    Path path = images.folder().resolve(name).normalize();
    if (!path.startsWith(images.folder().normalize())) {
      throw new InvalidTrainingDataException(
          "sample %d: image '%s' lies outside %s".formatted(index, name, images.folder()), null);
    }
    try {
      return images.processor().process(ImageInput.of(path));
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
