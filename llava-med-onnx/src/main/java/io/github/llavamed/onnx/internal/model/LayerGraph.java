package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.internal.model.DecoderParts.Normed;
import java.util.List;

/** One layer of the decoder, or its head, as a graph of its own. */
public final class LayerGraph {
  /** Output: the layer's output before any norm, float // [1, s, c]. */
  public static final String STATE = "state";

  private LayerGraph() {}

  /** Returns the names of the values that enter a layer's products, in the order of computation. */
  public static List<String> productInputs(int layer) {
    return List.of(
        DecoderNames.attentionInput(layer),
        DecoderNames.attentionHeads(layer),
        DecoderNames.mlpInput(layer),
        DecoderNames.mlpProduct(layer));
  }

  /**
   * Adds a layer: from {@link DecoderNames#INPUTS_EMBEDS} to {@link #STATE}, with the inputs of its
   * products as further outputs.
   */
  public static void layer(
      GraphBuilder graph,
      LinearLayers linear,
      LanguageModelConfig config,
      DecoderShape shape,
      ModelTensors tensors,
      int layer) {
    DecoderParts parts = new DecoderParts(graph, linear, config, shape, tensors);
    Value residual = input(graph, shape);
    String tensorPrefix = DecoderParts.layerTensors(layer);
    Value x =
        parts.norm(DecoderNames.attentionInput(layer), residual, tensorPrefix + "input_layernorm");
    Value heads = parts.heads(layer, x, parts.positions(), DecoderNames.attentionHeads(layer));
    Value attended = parts.attentionOutput(layer, heads); // [1, s, c]
    Normed mid =
        parts.addAndNorm(
            DecoderNames.mlpInput(layer),
            residual,
            attended,
            tensorPrefix + "post_attention_layernorm");
    Value fed = parts.feedForward(layer, mid.normed()); // [1, s, c]
    Value state = graph.node("Add").in(mid.sum(), fed).out(STATE);
    output(graph, state, shape.hiddenSize());
    output(graph, x, shape.hiddenSize());
    output(graph, heads, config.numAttentionHeads() * shape.headWidth());
    output(graph, mid.normed(), shape.hiddenSize());
    output(graph, new Value(DecoderNames.mlpProduct(layer)), config.intermediateSize());
  }

  /**
   * Adds the final norm and the head: from {@link DecoderNames#INPUTS_EMBEDS} to {@link
   * DecoderNames#LOGITS}, with the normed state as further output.
   */
  public static void head(
      GraphBuilder graph,
      LinearLayers linear,
      LanguageModelConfig config,
      DecoderShape shape,
      ModelTensors tensors) {
    DecoderParts parts = new DecoderParts(graph, linear, config, shape, tensors);
    Value x = parts.norm(DecoderNames.HEAD_INPUT, input(graph, shape), "model.norm");
    output(graph, x, shape.hiddenSize());
    parts.logits(x);
  }

  private static Value input(GraphBuilder graph, DecoderShape shape) {
    return graph.input(
        DecoderNames.INPUTS_EMBEDS,
        ElementType.FLOAT,
        Dim.named("b"),
        Dim.named("s"),
        Dim.of(shape.hiddenSize()));
  }

  private static void output(GraphBuilder graph, Value value, int width) {
    graph.output(value, ElementType.FLOAT, Dim.named("b"), Dim.named("s"), Dim.of(width));
  }
}
