package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.onnx.internal.model.VisionNames;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Drawn images, preprocessed: soft bright shapes on a dark ground with some noise, as scans have
 * them.
 */
public final class SampleImages {
  private static final int IMAGES = 2;
  private static final int SEED = 11;
  private static final int OTHER_SEED = 31;
  private static final int SHAPES = 6;
  private static final double NOISE = 0.15;

  private SampleImages() {}

  /** Returns the values of the images. // [3, size, size] each */
  public static List<float[]> pixels(int size) {
    return draw(size, SEED);
  }

  /** Returns other images, by which a rounding is chosen. // [3, size, size] each */
  static List<float[]> others(int size) {
    return draw(size, OTHER_SEED);
  }

  private static List<float[]> draw(int size, int seed) {
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(draw(size, new Random(seed + i)));
    }
    return images;
  }

  private static float[] draw(int size, Random random) {
    double[][] shapes = new double[SHAPES][];
    for (int i = 0; i < SHAPES; i++) {
      shapes[i] =
          new double[] {
            random.nextDouble(),
            random.nextDouble(),
            0.05 + 0.3 * random.nextDouble(),
            3.5 * random.nextDouble()
          };
    }
    float[] values = new float[3 * size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double value = -1.6 + NOISE * random.nextGaussian();
        for (double[] shape : shapes) {
          double dx = (double) x / size - shape[0];
          double dy = (double) y / size - shape[1];
          value += shape[3] * Math.exp(-(dx * dx + dy * dy) / (shape[2] * shape[2]));
        }
        for (int channel = 0; channel < 3; channel++) { // Scans are grey.
          values[(channel * size + y) * size + x] = (float) Math.min(value, 2.2);
        }
      }
    }
    return values;
  }

  /** Returns the projected features of the images by a vision graph. // [p, c] each */
  public static List<float[]> project(Path visionModel, LlavaConfig config) {
    int size = config.visionTower().imageSize();
    List<float[]> features = new ArrayList<>();
    try (FloatGraph graph =
        FloatGraph.open(visionModel, Runtime.getRuntime().availableProcessors())) {
      for (float[] pixels : pixels(size)) {
        Map<String, FloatGraph.Input> inputs =
            Map.of(
                VisionNames.PIXEL_VALUES,
                new FloatGraph.Floats(FloatBuffer.wrap(pixels), 1, 3, size, size));
        features.addAll(graph.run(inputs, Set.of(VisionNames.PROJECTED)).values());
      }
    }
    return features;
  }
}
