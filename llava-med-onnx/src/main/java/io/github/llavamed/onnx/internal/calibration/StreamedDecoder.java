package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import io.github.llavamed.onnx.internal.model.LayerGraph;
import io.github.llavamed.onnx.internal.model.ModelTensors;
import io.github.llavamed.onnx.internal.model.StreamedLinearLayers;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs prompts through the decoder in float32, one layer at a time, so that never more than one
 * layer is held in float.
 *
 * <p>Confined to one thread.
 */
final class StreamedDecoder {
  private final LanguageModelConfig config;
  private final DecoderShape shape;
  private final ModelTensors tensors;
  private final int threads;
  private final WeightBuffers buffers = new WeightBuffers();

  StreamedDecoder(
      LanguageModelConfig config, DecoderShape shape, ModelTensors tensors, int threads) {
    this.config = config;
    this.shape = shape;
    this.tensors = tensors;
    this.threads = threads;
  }

  /** Is shown what the prompts become on their way. */
  interface Observer {
    /**
     * Takes the values that enter a matrix product, of all prompts.
     *
     * @param name the value's name in decoder graphs
     * @param rowsByPrompt // [s, width] each
     */
    void productInput(String name, int width, List<float[]> rowsByPrompt);

    /**
     * Takes the output of a layer, of all prompts.
     *
     * @param layer from 0
     * @param statesByPrompt // [s, c] each
     */
    void state(int layer, List<float[]> statesByPrompt);
  }

  /**
   * Runs prompts.
   *
   * @param embeds one prompt each // [s, c]
   * @return the logits of all positions of each prompt // [s, v] each
   */
  List<float[]> run(List<float[]> embeds, Observer observer) {
    int longest = embeds.stream().mapToInt(rows -> rows.length).max().orElse(0);
    DecoderShape local = shape.withPositions(longest / shape.hiddenSize());
    List<float[]> states = embeds;
    for (int layer = 0; layer < shape.layers(); layer++) {
      int index = layer;
      Step step =
          new Step(
              (graph, linear) -> LayerGraph.layer(graph, linear, config, local, tensors, index),
              LayerGraph.productInputs(layer),
              LayerGraph.STATE,
              layer);
      states = run(step, states, observer);
      observer.state(layer, states);
    }
    Step head =
        new Step(
            (graph, linear) -> LayerGraph.head(graph, linear, config, local, tensors),
            List.of(DecoderNames.HEAD_INPUT),
            DecoderNames.LOGITS,
            -1);
    return run(head, states, observer);
  }

  /** Adds a step's content to a graph. */
  private interface Content {
    void add(GraphBuilder graph, StreamedLinearLayers linear);
  }

  /** One graph of the way: {@code layer} is -1 for the head. */
  private record Step(Content content, List<String> productInputs, String result, int layer) {}

  private List<float[]> run(Step step, List<float[]> prompts, Observer observer) {
    GraphBuilder graph = new GraphBuilder("step");
    StreamedLinearLayers linear = new StreamedLinearLayers();
    step.content().add(graph, linear);
    Map<String, FloatGraph.Input> weights = new HashMap<>();
    for (Map.Entry<String, RowSource> weight : linear.weights().entrySet()) {
      String role = weight.getKey().replaceFirst("^layers[.]\\d+[.]", "");
      weights.put(weight.getKey(), buffers.fill(role, weight.getValue()));
    }
    Set<String> wanted = new HashSet<>(step.productInputs());
    wanted.add(step.result());
    List<Map<String, float[]>> outputs = new ArrayList<>();
    try (FloatGraph session = FloatGraph.open(graph.toBytes(), threads)) {
      for (float[] prompt : prompts) {
        outputs.add(session.run(inputs(step, prompt, weights), wanted));
      }
    }
    for (String name : step.productInputs()) {
      List<float[]> rows = outputs.stream().map(output -> require(output, name)).toList();
      int promptRows = prompts.get(0).length / shape.hiddenSize();
      observer.productInput(name, rows.get(0).length / promptRows, rows);
    }
    return outputs.stream().map(output -> require(output, step.result())).toList();
  }

  private static float[] require(Map<String, float[]> outputs, String name) {
    float[] values = outputs.get(name);
    if (values == null) {
      throw new IllegalStateException("graph without output " + name);
    }
    return values;
  }

  private Map<String, FloatGraph.Input> inputs(
      Step step, float[] prompt, Map<String, FloatGraph.Input> weights) {
    int rows = prompt.length / shape.hiddenSize();
    Map<String, FloatGraph.Input> inputs = new HashMap<>(weights);
    inputs.put(
        DecoderNames.INPUTS_EMBEDS,
        new FloatGraph.Floats(FloatBuffer.wrap(prompt), 1, rows, shape.hiddenSize()));
    if (step.layer() >= 0) {
      inputs.put(DecoderNames.SEQLENS_K, new FloatGraph.Int(rows - 1));
      inputs.put(DecoderNames.TOTAL_SEQUENCE_LENGTH, new FloatGraph.Int(rows));
      inputs.put(DecoderNames.pastKey(step.layer()), emptyCache(rows));
      inputs.put(DecoderNames.pastValue(step.layer()), emptyCache(rows));
    }
    return inputs;
  }

  private FloatGraph.Floats emptyCache(int rows) {
    int floats = shape.keyValueHeads() * rows * shape.headWidth();
    return new FloatGraph.Floats(
        FloatBuffer.allocate(floats), 1, shape.keyValueHeads(), rows, shape.headWidth());
  }
}
