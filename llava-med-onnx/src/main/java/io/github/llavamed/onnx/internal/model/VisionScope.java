package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.List;

/**
 * What the parts of a vision graph share, and the layers that all of them are made of.
 *
 * @param graph the graph under construction
 * @param linear how matrix products are stored
 * @param config the tower
 * @param tensors the weights
 */
record VisionScope(
    GraphBuilder graph, LinearLayers linear, VisionTowerConfig config, ModelTensors tensors) {
  /**
   * Adds a LayerNorm over the last axis; {@code tensor} lacks {@code .weight} and {@code .bias}.
   */
  Value layerNorm(String name, Value x, String tensor) {
    return graph
        .node("LayerNormalization")
        .in(x, normWeight(name, tensor), normBias(name, tensor))
        .attr("axis", -1)
        .attr("epsilon", config.layerNormEps())
        .out(name); // shape of x
  }

  /**
   * Adds an affine map to a graph, whose sum with a state is left to {@link #norm} or {@link
   * #state}.
   *
   * @param sum name of the sum
   * @param state // [1, n, w]
   * @param name name of the map
   * @param x // [1, n, inputs]
   */
  ResidualSum residual(String sum, Value state, String name, Value x, String tensor, int inputs) {
    int width = config.hiddenSize();
    RowSource weight = tensors.rows(tensor + ".weight", width, inputs);
    Value product = linear.apply(graph, name + ".product", x, weight); // [1, n, w]
    return new ResidualSum(sum, state, name, product, tensors.rows(tensor + ".bias", width));
  }

  /** Adds a sum to a graph // [1, n, w]. */
  Value state(ResidualSum sum) {
    Value mapped = graph.node("Add").in(sum.product(), bias(sum)).out(sum.mapName()); // [1, n, w]
    return graph.node("Add").in(sum.state(), mapped).out(sum.name()); // [1, n, w]
  }

  /**
   * Adds a sum and its LayerNorm to a graph.
   *
   * <p>In rounded towers both are one operator, which takes a quarter of the time of the standard
   * norm alone; float32 keeps to the standard.
   */
  NormedState norm(String name, ResidualSum sum, String tensor) {
    if (linear.precision() == Precision.FP32) {
      Value state = state(sum);
      return new NormedState(state, layerNorm(name, state, tensor));
    }
    List<Value> outputs =
        graph
            .microsoftNode("SkipLayerNormalization")
            .in(sum.state(), sum.product())
            .in(normWeight(name, tensor), normBias(name, tensor), bias(sum))
            .attr("epsilon", config.layerNormEps())
            .outs(name, "", "", sum.name()); // [1, n, w] each
    return new NormedState(outputs.get(3), outputs.get(0));
  }

  private Value bias(ResidualSum sum) {
    return graph.weight(sum.mapName() + ".bias", sum.bias(), config.hiddenSize());
  }

  private Value normWeight(String name, String tensor) {
    return normParameter(name, ".weight", tensor);
  }

  private Value normBias(String name, String tensor) {
    return normParameter(name, ".bias", tensor);
  }

  /** Adds one of a norm's vectors as the products behind it want it. */
  private Value normParameter(String name, String kind, String tensor) {
    int width = config.hiddenSize();
    RowSource values = linear.input(name).onColumns(tensors.rows(tensor + kind, width));
    return graph.weight(name + kind, values, width);
  }

  /** Adds an affine map with bias // [1, n, inputs] to [1, n, outputs]. */
  Value linear(String name, Value x, String tensor, int outputs, int inputs) {
    return linear.apply(
        graph,
        name,
        x,
        tensors.rows(tensor + ".weight", outputs, inputs),
        tensors.rows(tensor + ".bias", outputs));
  }

  /**
   * Adds patch convolution, class token and position embeddings // [1, n, w].
   *
   * @param pixelValues // [1, 3, height, width]
   * @param parts where the tensors are
   */
  Value embeddings(Value pixelValues, EmbeddingTensors parts) {
    int width = config.hiddenSize();
    int patch = config.patchSize();
    int rows = config.patchCount() + 1;
    Value kernel =
        graph.weight(
            "patch.weight",
            tensors.rows(parts.patch() + ".weight", width, 3, patch, patch),
            new long[] {width, 3, patch, patch});
    Value bias =
        parts.patchHasBias()
            ? graph.weight("patch.bias", tensors.rows(parts.patch() + ".bias", width), width)
            : Value.NONE;
    Value grid =
        graph
            .node("Conv")
            .in(pixelValues, kernel, bias)
            .attrs("kernel_shape", patch, patch)
            .attrs("strides", patch, patch)
            .out("patch.grid"); // [1, w, side, side]
    Value flat =
        graph
            .node("Reshape")
            .in(grid, graph.constant("patch.flat.shape", 1, width, rows - 1))
            .out("patch.flat"); // [1, w, n - 1]
    Value patches =
        graph.node("Transpose").in(flat).attrs("perm", 0, 2, 1).out("patches"); // [1, n - 1, w]
    Value classToken =
        graph.weight(
            "class.token", tensors.rows(parts.classToken(), parts.classDims(width)), 1, 1, width);
    Value tokens =
        graph.node("Concat").in(classToken, patches).attr("axis", 1).out("tokens"); // [1, n, w]
    Value position =
        graph.weight(
            "position",
            tensors.rows(parts.position(), parts.positionDims(rows, width)),
            1,
            rows,
            width);
    return graph.node("Add").in(tokens, position).out("embeddings"); // [1, n, w]
  }
}
