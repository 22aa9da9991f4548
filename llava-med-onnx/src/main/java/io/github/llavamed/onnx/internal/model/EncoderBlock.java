package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One pre-norm transformer block of a vision tower; CLIP's and timm's differ in names only.
 *
 * <p>Letters: {@code n} rows (class token and patches), {@code w} width, {@code i} intermediate
 * size.
 *
 * @param norm1 first norm, without {@code .weight} and {@code .bias}
 * @param queryKeyValue the projections to queries, keys and values, or the one that packs them in
 *     this order
 * @param attentionOutput projection of the attention's output
 * @param norm2 second norm
 * @param fc1 first layer of the MLP
 * @param fc2 second layer of the MLP
 */
record EncoderBlock(
    String norm1,
    List<String> queryKeyValue,
    String attentionOutput,
    String norm2,
    String fc1,
    String fc2) {
  /** Returns the values that enter the products of a block. */
  static List<ProductInput> productInputs(VisionTowerConfig config, String name) {
    int width = config.hiddenSize();
    return List.of(
        new ProductInput(name + ".norm1", width, true),
        new ProductInput(name + ".attention.heads", width, true),
        new ProductInput(name + ".norm2", width, true),
        new ProductInput(name + ".active", config.intermediateSize(), false));
  }

  /**
   * Adds the block to a graph.
   *
   * @param input the block's input and what its first norm makes of it
   * @return the block's output, named like the block, whose last sum is still to be added
   */
  ResidualSum add(VisionScope scope, String name, NormedState input) {
    VisionTowerConfig config = scope.config();
    int width = config.hiddenSize();
    int inner = config.intermediateSize();
    Value heads = attention(scope, name + ".attention", input.normed()); // [1, n, w]
    ResidualSum attended =
        scope.residual(
            name + ".mid",
            input.state(),
            name + ".attention.output",
            heads,
            attentionOutput,
            width);
    NormedState mid = scope.norm(name + ".norm2", attended, norm2); // [1, n, w]
    Value hidden = scope.linear(name + ".fc1", mid.normed(), fc1, inner, width); // [1, n, i]
    Value active = ActivationNodes.add(scope.graph(), name + ".active", hidden, config.hiddenAct());
    return scope.residual(name, mid.state(), name + ".fc2", active, fc2, inner); // [1, n, w]
  }

  /** Returns the heads' outputs side by side. */
  private Value attention(VisionScope scope, String name, Value x) {
    GraphBuilder graph = scope.graph();
    int width = scope.config().hiddenSize();
    int partRows = 3 * width / queryKeyValue.size();
    RowSource weights =
        RowSource.stack(
            queryKeyValue.stream()
                .map(part -> scope.tensors().rows(part + ".weight", partRows, width))
                .toList());
    float[] bias = new float[3 * width];
    for (int i = 0; i < queryKeyValue.size(); i++) {
      scope
          .tensors()
          .require(queryKeyValue.get(i) + ".bias", partRows)
          .readFloats(0, bias, i * partRows, partRows);
    }
    InputTreatment treatment = scope.linear().input(name + ".heads");
    int[] channels = IntStream.range(0, 3 * width).map(row -> row - 2 * width).toArray();
    float[] factors = treatment.factors(width);
    for (int channel = 0; channel < width; channel++) {
      bias[2 * width + channel] *= factors[channel];
    }
    Value packed =
        scope
            .linear()
            .apply(
                graph,
                name + ".qkv",
                x,
                treatment.onRows(weights, channels), // Values come last.
                RowSource.of(bias, 1)); // [1, n, 3w]
    List<Value> parts =
        graph
            .node("Split")
            .in(packed, graph.constant(name + ".thirds", width, width, width))
            .attr("axis", -1)
            .outs(name + ".q", name + ".k", name + ".v"); // [1, n, w] each
    return graph
        .microsoftNode("MultiHeadAttention")
        .in(parts.get(0), parts.get(1), parts.get(2))
        .attr("num_heads", scope.config().numAttentionHeads())
        .out(name + ".heads"); // [1, n, w]
  }
}
