package io.github.llavamed.demo.training;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.trainer.pretraining.TowerSample;
import io.github.llavamed.trainer.pretraining.TowerSamples;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Phantoms with their attributes, as a tower learns from them. Immutable. */
final class TowerPhantoms implements TowerSamples {
  private final ImageProcessor processor;
  private final Known[] images;

  /** An image in little memory: bytes instead of pixel values. */
  @SuppressWarnings("ArrayRecordComponent") // large, read only, never compared
  private record Known(RgbImage image, float[] attributes, float[] patches) {}

  private TowerPhantoms(Known[] images, int imageSize) {
    this.images = images;
    this.processor =
        ImageProcessor.create(
            ImageProcessorConfig.clip(imageSize), ImageAspect.SQUARE, ImageLimits.defaults());
  }

  /** Paints images on all cores. */
  static TowerPhantoms paint(int count, IntFunction<PhantomImage> painter) {
    Known[] images =
        IntStream.range(0, count)
            .parallel()
            .mapToObj(index -> known(painter.apply(index)))
            .toArray(Known[]::new);
    return new TowerPhantoms(images, DemoShape.TOWER.imageSize());
  }

  private static Known known(PhantomImage image) {
    return new Known(
        new RgbImage(image.size(), image.size(), image.rgb(), ColorMode.RGB),
        PhantomAttributes.ofImage(image.phantom()),
        PhantomAttributes.ofPatches(image, DemoShape.PATCH_SIZE));
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public TowerSample get(int index) {
    Known known = images[index];
    float[] pixels = processor.process(known.image()).values();
    return new TowerSample(pixels, known.attributes(), known.patches());
  }
}
