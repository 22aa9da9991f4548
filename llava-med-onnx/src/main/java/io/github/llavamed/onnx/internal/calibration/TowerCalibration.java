package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.ProductInput;
import io.github.llavamed.onnx.internal.model.VisionNames;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses which channels of a vision tower's products stay in float, by drawn images. */
public final class TowerCalibration {
  /** One of so many rows is kept, which bounds the memory; neighbouring patches are alike. */
  private static final int ROW_STEP = 4;

  /**
   * Channels are kept in float only where the rest is then rounded in steps whose squares are
   * together at most this part of what they were: the extra products and sums take a third of the
   * tower's time, which is well spent on outliers and wasted on others.
   */
  private static final double WORTHWHILE = 0.5;

  private TowerCalibration() {}

  /**
   * Runs the tower in float32.
   *
   * @param probe the float32 tower with the inputs of its products as outputs
   * @param inputs these inputs
   * @param channels channels of each input that stay in float at most
   * @return treatment by the name of an input
   */
  public static Map<String, InputTreatment> choose(
      Path probe, LlavaConfig config, List<ProductInput> inputs, int channels) {
    Map<String, List<float[]>> rows = new HashMap<>();
    int size = config.visionTower().imageSize();
    Set<String> names = inputs.stream().map(ProductInput::name).collect(Collectors.toSet());
    try (FloatGraph graph = FloatGraph.open(probe, Runtime.getRuntime().availableProcessors())) {
      for (float[] pixels : SampleImages.others(size)) {
        Map<String, FloatGraph.Input> image =
            Map.of(
                VisionNames.PIXEL_VALUES,
                new FloatGraph.Floats(FloatBuffer.wrap(pixels), 1, 3, size, size));
        Map<String, float[]> values = graph.run(image, names);
        for (ProductInput input : inputs) {
          rows.computeIfAbsent(input.name(), name -> new ArrayList<>())
              .add(someRows(values.getOrDefault(input.name(), new float[0]), input.width()));
        }
      }
    }
    return inputs.stream()
        .parallel()
        .collect(
            Collectors.toMap(
                ProductInput::name,
                input -> treatment(input, rows.getOrDefault(input.name(), List.of()), channels)));
  }

  private static InputTreatment treatment(ProductInput input, List<float[]> rows, int channels) {
    int[] apart = ChannelChoice.independent(input.width()).choose(rows, channels);
    double before = squaredSteps(rows, input.width(), new int[0]);
    double after = squaredSteps(rows, input.width(), apart);
    return after <= WORTHWHILE * before
        ? new InputTreatment(apart, input.folded())
        : InputTreatment.NONE;
  }

  /** Returns the sum over all rows of the squared largest value, relative to the row's size. */
  private static double squaredSteps(List<float[]> rowsByImage, int width, int[] apart) {
    double steps = 0;
    for (float[] rows : rowsByImage) {
      for (int first = 0; first < rows.length; first += width) {
        double squares = Double.MIN_NORMAL;
        for (int i = first; i < first + width; i++) {
          squares += (double) rows[i] * rows[i];
        }
        float[] rest = Arrays.copyOfRange(rows, first, first + width);
        for (int channel : apart) {
          rest[channel] = 0f;
        }
        double largest = 0;
        for (float value : rest) {
          largest = Math.max(largest, Math.abs(value));
        }
        steps += largest * largest / squares;
      }
    }
    return steps;
  }

  private static float[] someRows(float[] values, int width) {
    int count = (values.length / width + ROW_STEP - 1) / ROW_STEP;
    float[] kept = new float[count * width];
    for (int row = 0; row < count; row++) {
      System.arraycopy(values, row * ROW_STEP * width, kept, row * width, width);
    }
    return kept;
  }
}
