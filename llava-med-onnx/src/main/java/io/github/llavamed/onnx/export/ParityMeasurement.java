package io.github.llavamed.onnx.export;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.calibration.Agreement;
import io.github.llavamed.onnx.internal.calibration.Calibration;
import io.github.llavamed.onnx.internal.calibration.Closeness;
import io.github.llavamed.onnx.internal.calibration.SampleImages;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import io.github.llavamed.onnx.internal.model.VisionNames;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Runs an export's graphs with their inner values exposed and compares them with float32. */
final class ParityMeasurement {
  private ParityMeasurement() {}

  private static FloatGraph open(Path probe) {
    return FloatGraph.open(probe, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Compares two vision graphs on drawn images.
   *
   * @param blocks names of the values to compare, besides the projected features
   */
  static List<ParityReport.Module> vision(
      Path reference, Path actual, LlavaConfig config, List<String> blocks) {
    List<String> names = new ArrayList<>(blocks);
    names.add(VisionNames.PROJECTED);
    int size = config.visionTower().imageSize();
    List<ParityReport.Module> modules = new ArrayList<>();
    try (FloatGraph referenceGraph = open(reference);
        FloatGraph actualGraph = open(actual)) {
      Map<String, Closeness> closeness = new HashMap<>();
      for (float[] pixels : SampleImages.pixels(size)) {
        Map<String, FloatGraph.Input> inputs =
            Map.of(
                VisionNames.PIXEL_VALUES,
                new FloatGraph.Floats(FloatBuffer.wrap(pixels), 1, 3, size, size));
        Map<String, float[]> expected = referenceGraph.run(inputs, Set.copyOf(names));
        Map<String, float[]> found = actualGraph.run(inputs, Set.copyOf(names));
        for (String name : names) {
          int width =
              name.equals(VisionNames.PROJECTED)
                  ? config.languageModel().hiddenSize()
                  : config.visionTower().hiddenSize();
          closeness
              .computeIfAbsent(name, any -> new Closeness(width))
              .add(value(expected, name), value(found, name));
        }
      }
      names.forEach(
          name ->
              modules.add(
                  module("vision." + name, closeness.getOrDefault(name, new Closeness(1)))));
    }
    return modules;
  }

  /**
   * Compares the decoder with what the calibration's held-out prompts became in float32.
   *
   * @param probe the decoder with its layers' outputs exposed
   * @param before modules measured before, which go in front
   */
  static ParityReport decoder(
      Path probe,
      DecoderShape shape,
      Precision precision,
      Calibration calibration,
      List<ParityReport.Module> before) {
    Calibration.Reference reference = calibration.reference();
    List<Closeness> layers =
        IntStream.range(0, shape.layers())
            .mapToObj(layer -> new Closeness(shape.hiddenSize()))
            .toList();
    Closeness head = new Closeness(shape.vocabSize());
    Agreement agreement = new Agreement(shape.vocabSize());
    try (FloatGraph graph = open(probe)) {
      for (int prompt = 0; prompt < reference.embeds().size(); prompt++) {
        Map<String, float[]> found =
            graph.run(inputs(shape, reference.embeds().get(prompt)), outputs(shape));
        for (int layer = 0; layer < layers.size(); layer++) {
          layers
              .get(layer)
              .add(
                  reference.states().get(layer).get(prompt),
                  value(found, DecoderNames.state(layer, shape.layers())));
        }
        float[] logits = value(found, DecoderNames.LOGITS);
        head.add(reference.logits().get(prompt), logits);
        agreement.add(reference.logits().get(prompt), logits);
      }
    }
    List<ParityReport.Module> modules = new ArrayList<>(before);
    for (int layer = 0; layer < layers.size(); layer++) {
      modules.add(module("decoder.layers." + layer, layers.get(layer)));
    }
    modules.add(module("decoder.logits", head));
    return new ParityReport(
        precision,
        calibration.prompts(),
        agreement.positions(),
        modules,
        agreement.nextTokenAgreement(),
        agreement.meanKl(),
        agreement.lastPositionKl());
  }

  private static Set<String> outputs(DecoderShape shape) {
    Set<String> names = new HashSet<>();
    names.add(DecoderNames.LOGITS);
    for (int layer = 0; layer < shape.layers(); layer++) {
      names.add(DecoderNames.state(layer, shape.layers()));
    }
    return names;
  }

  private static Map<String, FloatGraph.Input> inputs(DecoderShape shape, float[] embeds) {
    int rows = embeds.length / shape.hiddenSize();
    Map<String, FloatGraph.Input> inputs = new HashMap<>();
    inputs.put(
        DecoderNames.INPUTS_EMBEDS,
        new FloatGraph.Floats(FloatBuffer.wrap(embeds), 1, rows, shape.hiddenSize()));
    inputs.put(DecoderNames.SEQLENS_K, new FloatGraph.Ints(rows - 1));
    inputs.put(DecoderNames.TOTAL_SEQUENCE_LENGTH, new FloatGraph.Ints(rows));
    inputs.put(DecoderNames.FIRST_LOGIT_ROW, new FloatGraph.Long(0));
    int floats = shape.keyValueHeads() * rows * shape.headWidth();
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (String name : List.of(DecoderNames.pastKey(layer), DecoderNames.pastValue(layer))) {
        inputs.put(
            name,
            new FloatGraph.Floats(
                FloatBuffer.allocate(floats), 1, shape.keyValueHeads(), rows, shape.headWidth()));
      }
    }
    return inputs;
  }

  private static float[] value(Map<String, float[]> values, String name) {
    float[] value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("graph without output " + name);
    }
    return value;
  }

  private static ParityReport.Module module(String name, Closeness closeness) {
    return new ParityReport.Module(
        name,
        closeness.cosine(),
        closeness.worstRowCosine(),
        closeness.maxError(),
        closeness.largestValue());
  }
}
