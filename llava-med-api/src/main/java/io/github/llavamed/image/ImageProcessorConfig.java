package io.github.llavamed.image;

import io.github.llavamed.image.internal.ProcessorConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The numbers of a CLIP image processor.
 *
 * <p>The steps are always the same: to RGB, resize the shortest edge with the bicubic filter, crop
 * the centre, rescale, normalise.
 *
 * @param shortestEdge size of the shorter side after resizing, in pixels
 * @param cropHeight height of the crop, in pixels
 * @param cropWidth width of the crop, in pixels
 * @param rescaleFactor what 8-bit values are multiplied with, normally 1/255
 * @param mean mean of red, green and blue, for values of 0..1
 * @param std standard deviation of red, green and blue, above 0
 */
public record ImageProcessorConfig(
    int shortestEdge,
    int cropHeight,
    int cropWidth,
    double rescaleFactor,
    List<Double> mean,
    List<Double> std) {
  /**
   * Mean of red, green and blue in CLIP's training data, from <a
   * href="https://github.com/openai/CLIP/blob/main/clip/clip.py">openai/CLIP</a>.
   */
  public static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);

  /** Standard deviation that belongs to {@link #CLIP_MEAN}, same source. */
  public static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

  /** The factor of the published configurations: the double nearest to 1/255. */
  public static final double ONE_255TH = 1 / 255.0;

  /** Checks the ranges. */
  public ImageProcessorConfig {
    check("shortestEdge", "1 to 65535", shortestEdge, shortestEdge > 0 && shortestEdge < 65_536);
    check("cropHeight", "1 to 65535", cropHeight, cropHeight > 0 && cropHeight < 65_536);
    check("cropWidth", "1 to 65535", cropWidth, cropWidth > 0 && cropWidth < 65_536);
    check(
        "rescaleFactor",
        "a number above 0",
        rescaleFactor,
        rescaleFactor > 0 && Double.isFinite(rescaleFactor));
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    check(
        "mean",
        "three finite numbers",
        mean,
        mean.size() == 3 && mean.stream().allMatch(Double::isFinite));
    check(
        "std",
        "three numbers above 0",
        std,
        std.size() == 3 && std.stream().allMatch(v -> v > 0 && Double.isFinite(v)));
  }

  /** Returns the configuration of CLIP towers for an input square of so many pixels. */
  public static ImageProcessorConfig clip(int size) {
    return new ImageProcessorConfig(size, size, size, ONE_255TH, CLIP_MEAN, CLIP_STD);
  }

  /**
   * Reads a {@code preprocessor_config.json}, in the old or the new form.
   *
   * @param file the file, or the directory that holds it
   * @throws io.github.llavamed.config.UnsupportedModelException if a value is unknown or
   *     contradicts another; the message names key, value and what is allowed
   * @throws IOException if the file is missing or cannot be read
   */
  public static ImageProcessorConfig load(Path file) throws IOException {
    return ProcessorConfigReader.read(file);
  }

  private static void check(String name, String expected, Object found, boolean good) {
    if (!good) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(name, expected, found));
    }
  }
}
