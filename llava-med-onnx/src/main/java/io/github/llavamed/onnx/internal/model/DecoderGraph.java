package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.internal.model.DecoderParts.Normed;
import io.github.llavamed.onnx.internal.model.DecoderParts.Positions;

/**
 * The decoder from embeddings to logits, with the key/value cache as inputs and outputs.
 *
 * <p>Behind the last layer's attention only the rows go on whose logits are wanted. Several
 * sequences can be extended by one row each; the runtime's attention refuses several rows of
 * several sequences with a past.
 */
public final class DecoderGraph {
  private final GraphBuilder graph;
  private final DecoderShape shape;
  private final DecoderParts parts;
  private final boolean exposeHiddenStates;

  private DecoderGraph(DecoderParts parts, boolean exposeHiddenStates) {
    this.graph = parts.graph();
    this.shape = parts.shape();
    this.parts = parts;
    this.exposeHiddenStates = exposeHiddenStates;
  }

  /**
   * Adds the decoder to an empty graph.
   *
   * @param exposeHiddenStates whether every layer's output becomes an output of the graph, for
   *     comparison layer by layer; the last one has only the rows whose logits are wanted
   */
  public static void build(
      GraphBuilder graph,
      LinearLayers linear,
      LanguageModelConfig config,
      DecoderShape shape,
      ModelTensors tensors,
      boolean exposeHiddenStates) {
    DecoderParts parts = new DecoderParts(graph, linear, config, shape, tensors);
    new DecoderGraph(parts, exposeHiddenStates).build();
  }

  private void build() {
    Dim hidden = Dim.of(shape.hiddenSize());
    Value embeds =
        graph.input(
            DecoderNames.INPUTS_EMBEDS, ElementType.FLOAT, Dim.named("b"), Dim.named("s"), hidden);
    Value firstLogitRow = graph.input(DecoderNames.FIRST_LOGIT_ROW, ElementType.INT64, Dim.of(1));
    Positions positions = parts.positions();
    Value residual = embeds; // [b, s, c]
    Value x = parts.norm(DecoderNames.attentionInput(0), embeds, normBefore(0)); // [b, s, c]
    for (int layer = 0; layer < shape.layers(); layer++) {
      boolean last = layer + 1 == shape.layers();
      String name = DecoderNames.attentionHeads(layer);
      Value heads = parts.heads(layer, x, positions, last ? name + ".all" : name); // [b, s, h d]
      if (last) {
        heads = wantedRows(name, heads, firstLogitRow); // [b, rows, h d]
        residual = wantedRows("residual.rows", residual, firstLogitRow); // [b, rows, c]
      }
      Value attended = parts.attentionOutput(layer, heads); // [b, s, c]
      Normed mid =
          parts.addAndNorm(
              DecoderNames.mlpInput(layer),
              residual,
              attended,
              DecoderParts.layerTensors(layer) + "post_attention_layernorm");
      Value fed = parts.feedForward(layer, mid.normed()); // [b, s, c]
      String next = last ? DecoderNames.HEAD_INPUT : DecoderNames.attentionInput(layer + 1);
      Normed end = parts.addAndNorm(next, mid.sum(), fed, normBefore(layer + 1));
      residual = end.sum();
      x = end.normed();
      expose(layer + 1, last ? x : residual);
    }
    parts.logits(x);
  }

  private String normBefore(int layer) {
    return layer == shape.layers()
        ? "model.norm"
        : DecoderParts.layerTensors(layer) + "input_layernorm";
  }

  private Value wantedRows(String name, Value x, Value firstLogitRow) {
    return graph
        .node("Slice")
        .in(x, firstLogitRow, graph.constant(name + ".end", Integer.MAX_VALUE))
        .in(graph.constant(name + ".axis", 1))
        .out(name); // [b, rows, width]
  }

  private void expose(int index, Value state) {
    if (exposeHiddenStates) {
      String rows = index == shape.layers() ? "rows" : "s";
      Value named = graph.node("Identity").in(state).out(DecoderNames.hiddenState(index));
      graph.output(
          named, ElementType.FLOAT, Dim.named("b"), Dim.named(rows), Dim.of(shape.hiddenSize()));
    }
  }
}
