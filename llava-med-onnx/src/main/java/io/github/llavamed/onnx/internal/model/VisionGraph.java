package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The vision tower up to the selected hidden state, and the projector behind it.
 *
 * <p>Letters: {@code n} rows of the tower (class token and patches), {@code p} feature rows, {@code
 * w} width of the tower, {@code c} width of the decoder.
 */
public final class VisionGraph {
  private final GraphBuilder graph;
  private final VisionScope scope;
  private final LlavaConfig config;
  private final boolean exposeHiddenStates;

  private VisionGraph(VisionScope scope, LlavaConfig config, boolean exposeHiddenStates) {
    this.graph = scope.graph();
    this.scope = scope;
    this.config = config;
    this.exposeHiddenStates = exposeHiddenStates;
  }

  /**
   * Adds tower and projector to an empty graph.
   *
   * @param exposeHiddenStates whether every hidden state up to the selected one becomes an output
   *     of the graph, for comparison layer by layer
   */
  public static void build(
      GraphBuilder graph,
      LinearLayers linear,
      LlavaConfig config,
      ModelTensors tensors,
      boolean exposeHiddenStates) {
    check(config);
    VisionScope scope = new VisionScope(graph, linear, config.visionTower(), tensors);
    new VisionGraph(scope, config, exposeHiddenStates).build();
  }

  /** Returns the names of the blocks' outputs up to the selected one // [1, n, w] each. */
  public static List<String> states(LlavaConfig config) {
    int blocks =
        TowerLayout.of(config.visionTower().type())
            .blocksToRun(config.visionTower(), config.featureSelection());
    return IntStream.range(0, blocks).mapToObj(i -> "blocks." + i).toList();
  }

  /** Returns the values that enter the products of tower and projector, in the order of a run. */
  public static List<ProductInput> productInputs(LlavaConfig config) {
    List<ProductInput> inputs = new ArrayList<>();
    states(config)
        .forEach(block -> inputs.addAll(EncoderBlock.productInputs(config.visionTower(), block)));
    ProjectorConfig projector = config.projector();
    for (int i = 0; i < projector.depth(); i++) {
      inputs.add(
          i == 0
              ? new ProductInput(VisionNames.IMAGE_FEATURES, projector.inputSize(), false)
              : new ProductInput(active(i), projector.outputSize(), false));
    }
    return inputs;
  }

  private static String active(int layer) {
    return "projector." + layer + ".active";
  }

  private static void check(LlavaConfig config) {
    VisionTowerConfig tower = config.visionTower();
    if (tower.numAttentionHeads() < 1 || tower.hiddenSize() % tower.numAttentionHeads() != 0) {
      throw new UnsupportedModelException(
          "vision tower: hidden size %d is not a multiple of its %d heads"
              .formatted(tower.hiddenSize(), tower.numAttentionHeads()));
    }
    if (tower.patchSize() < 1 || tower.imageSize() < tower.patchSize()) {
      throw new UnsupportedModelException(
          "vision tower: an image of %d pixels has no patch of %d pixels"
              .formatted(tower.imageSize(), tower.patchSize()));
    }
    ProjectorConfig projector = config.projector();
    int produced = projector.depth() == 0 ? tower.hiddenSize() : projector.outputSize();
    if (projector.depth() > 0 && projector.inputSize() != tower.hiddenSize()) {
      throw new UnsupportedModelException(
          "mm_hidden_size: the tower gives %d columns, the projector takes %d"
              .formatted(tower.hiddenSize(), projector.inputSize()));
    }
    if (produced != config.languageModel().hiddenSize()) {
      throw new UnsupportedModelException(
          "mm_projector_type '%s': gives %d columns, the decoder takes %d"
              .formatted(projector.typeName(), produced, config.languageModel().hiddenSize()));
    }
  }

  private void build() {
    int size = config.visionTower().imageSize();
    Value pixels =
        graph.input(
            VisionNames.PIXEL_VALUES,
            ElementType.FLOAT,
            new Dim[] {Dim.of(1), Dim.of(3), Dim.of(size), Dim.of(size)});
    Value features = select(hiddenState(pixels)); // [1, p, w]
    Value projected = project(features); // [1, p, c]
    Dim rows = Dim.of(config.imageFeatureCount());
    graph.output(
        features, ElementType.FLOAT, Dim.of(1), rows, Dim.of(config.visionTower().hiddenSize()));
    graph.output(
        projected, ElementType.FLOAT, Dim.of(1), rows, Dim.of(config.languageModel().hiddenSize()));
  }

  private Value hiddenState(Value pixels) {
    TowerLayout layout = TowerLayout.of(config.visionTower().type());
    Value x = scope.embeddings(pixels, layout.embeddings()); // [1, n, w]
    if (!layout.preNorm().isEmpty()) {
      x = scope.layerNorm("pre_norm", x, layout.preNorm()); // [1, n, w]
    }
    expose(0, x);
    List<String> blocks = states(config);
    if (blocks.isEmpty()) {
      return x;
    }
    String norm = layout.block(0).norm1();
    ResidualSum sum = block(layout, 0, new NormedState(x, scope.layerNorm(norm1(0), x, norm)));
    for (int i = 1; i < blocks.size(); i++) {
      NormedState input = scope.norm(norm1(i), sum, layout.block(i).norm1()); // [1, n, w]
      expose(i, input.state());
      sum = block(layout, i, input);
    }
    Value last = scope.state(sum); // [1, n, w]
    expose(blocks.size(), last);
    return last;
  }

  private static String norm1(int block) {
    return "blocks." + block + ".norm1";
  }

  private ResidualSum block(TowerLayout layout, int index, NormedState input) {
    return layout.block(index).add(scope, "blocks." + index, input);
  }

  private Value select(Value state) {
    if (!config.featureSelection().dropClassToken()) {
      return graph.node("Identity").in(state).out(VisionNames.IMAGE_FEATURES); // [1, n, w]
    }
    return graph
        .node("Slice")
        .in(state, graph.constant("select.start", 1))
        .in(graph.constant("select.end", Integer.MAX_VALUE), graph.constant("select.axis", 1))
        .out(VisionNames.IMAGE_FEATURES); // [1, n - 1, w]
  }

  private Value project(Value features) {
    ProjectorConfig projector = config.projector();
    Value x = features; // [1, p, w]
    int inputs = projector.inputSize();
    for (int i = 0; i < projector.depth(); i++) {
      if (i > 0) {
        x = ActivationNodes.add(graph, active(i), x, projector.activation());
      }
      x = projectorLayer(i, x, inputs); // [1, p, c]
      inputs = projector.outputSize();
    }
    return graph.node("Identity").in(x).out(VisionNames.PROJECTED); // [1, p, c]
  }

  private Value projectorLayer(int index, Value x, int inputs) {
    // The modules are numbered with the activations between them.
    String tensor = "model.mm_projector." + 2 * index;
    int outputs = config.projector().outputSize();
    String name = "projector." + index;
    if (config.projector().bias()) {
      return scope.linear(name, x, tensor, outputs, inputs);
    }
    RowSource weight = scope.tensors().rows(tensor + ".weight", outputs, inputs);
    return scope.linear().apply(graph, name, x, weight);
  }

  private void expose(int index, Value state) {
    if (exposeHiddenStates) {
      Value named = graph.node("Identity").in(state).out(VisionNames.hiddenState(index));
      graph.output(
          named,
          ElementType.FLOAT,
          Dim.of(1),
          Dim.of(config.visionTower().patchCount() + 1),
          Dim.of(config.visionTower().hiddenSize()));
    }
  }
}
