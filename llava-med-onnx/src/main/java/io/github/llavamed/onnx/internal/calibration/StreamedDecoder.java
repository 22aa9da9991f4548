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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs prompts through the decoder in float32, one layer at a time and all prompts at once, so that
 * never more than one layer is held in float and its weights are read only once.
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
    int[] lengths = prompts.stream().mapToInt(rows -> rows.length / shape.hiddenSize()).toArray();
    Map<String, float[]> outputs;
    try (FloatGraph session = FloatGraph.open(graph.toBytes(), threads)) {
      outputs = session.run(inputs(step, prompts, lengths, weights), wanted);
    }
    int padded = Arrays.stream(lengths).max().orElse(1) * lengths.length;
    for (String name : step.productInputs()) {
      float[] rows = require(outputs, name);
      observer.productInput(name, rows.length / padded, split(rows, lengths));
    }
    return split(require(outputs, step.result()), lengths);
  }

  /** Cuts rows of all prompts, each followed by padding, into those of each prompt. */
  private static List<float[]> split(float[] rows, int[] lengths) {
    int longest = Arrays.stream(lengths).max().orElse(1);
    int width = rows.length / longest / lengths.length;
    List<float[]> prompts = new ArrayList<>();
    for (int prompt = 0; prompt < lengths.length; prompt++) {
      int first = prompt * longest * width;
      prompts.add(Arrays.copyOfRange(rows, first, first + lengths[prompt] * width));
    }
    return prompts;
  }

  private static float[] require(Map<String, float[]> outputs, String name) {
    float[] values = outputs.get(name);
    if (values == null) {
      throw new IllegalStateException("graph without output " + name);
    }
    return values;
  }

  /**
   * Returns the inputs of one run over all prompts; short ones get rows of zeros behind them, which
   * no row before them sees.
   */
  private Map<String, FloatGraph.Input> inputs(
      Step step, List<float[]> prompts, int[] lengths, Map<String, FloatGraph.Input> weights) {
    int longest = Arrays.stream(lengths).max().orElse(1);
    int count = lengths.length;
    FloatBuffer embeds = FloatBuffer.allocate(count * longest * shape.hiddenSize());
    for (int prompt = 0; prompt < count; prompt++) {
      embeds.put(prompt * longest * shape.hiddenSize(), prompts.get(prompt));
    }
    Map<String, FloatGraph.Input> inputs = new HashMap<>(weights);
    inputs.put(
        DecoderNames.INPUTS_EMBEDS,
        new FloatGraph.Floats(embeds, count, longest, shape.hiddenSize()));
    if (step.layer() >= 0) {
      int[] last = new int[count];
      Arrays.fill(last, longest - 1);
      inputs.put(DecoderNames.SEQLENS_K, new FloatGraph.Ints(last));
      inputs.put(DecoderNames.TOTAL_SEQUENCE_LENGTH, new FloatGraph.Ints(longest));
      inputs.put(DecoderNames.pastKey(step.layer()), emptyCache(count, longest));
      inputs.put(DecoderNames.pastValue(step.layer()), emptyCache(count, longest));
    }
    return inputs;
  }

  private FloatGraph.Floats emptyCache(int count, int rows) {
    int floats = count * shape.keyValueHeads() * rows * shape.headWidth();
    return new FloatGraph.Floats(
        FloatBuffer.allocate(floats), count, shape.keyValueHeads(), rows, shape.headWidth());
  }
}
