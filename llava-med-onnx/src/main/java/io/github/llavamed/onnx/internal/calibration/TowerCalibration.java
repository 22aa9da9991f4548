package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.ProductInput;
import io.github.llavamed.onnx.internal.model.VisionNames;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses how the inputs of a vision tower's products are rounded, by drawn images. */
public final class TowerCalibration {
  /** One of so many rows is kept, which bounds the memory; neighbouring patches are alike. */
  private static final int ROW_STEP = 4;

  private TowerCalibration() {}

  /**
   * Runs the tower in float32.
   *
   * @param probe the float32 tower with the inputs of its products as outputs
   * @param inputs these inputs
   * @param weights what each of them is multiplied by // [outputs, inputs] each
   * @param channels channels of each input that stay in float at most
   * @return treatment by the name of an input
   */
  public static Map<String, InputTreatment> choose(
      Path probe,
      LlavaConfig config,
      List<ProductInput> inputs,
      Map<String, RowSource> weights,
      WeightRange range,
      int channels) {
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
                input -> {
                  List<float[]> sample = rows.getOrDefault(input.name(), List.of());
                  RowSource weight = weights.get(input.name());
                  if (weight == null) {
                    throw new IllegalStateException("no product takes " + input.name());
                  }
                  RoundingError error = new RoundingError(sample, weight, range);
                  return new ProductRounding(input, error).choose(sample, channels);
                }));
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
