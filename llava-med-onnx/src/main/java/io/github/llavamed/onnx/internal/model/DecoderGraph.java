package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.List;

/**
 * The decoder from embeddings to logits, with the key/value cache as inputs and outputs.
 *
 * <p>Letters: {@code s} rows of this run, {@code P} positions the cache has room for, {@code c}
 * hidden size, {@code h} query heads, {@code k} key/value heads, {@code d} head width in the graph,
 * {@code i} intermediate size, {@code v} vocabulary.
 */
public final class DecoderGraph {
  private final GraphBuilder graph;
  private final LinearLayers linear;
  private final LanguageModelConfig config;
  private final DecoderShape shape;
  private final ModelTensors tensors;
  private final boolean exposeHiddenStates;
  private final HeadLayout heads;

  private DecoderGraph(
      GraphBuilder graph,
      LinearLayers linear,
      LanguageModelConfig config,
      DecoderShape shape,
      ModelTensors tensors,
      boolean exposeHiddenStates) {
    this.graph = graph;
    this.linear = linear;
    this.config = config;
    this.shape = shape;
    this.tensors = tensors;
    this.exposeHiddenStates = exposeHiddenStates;
    this.heads = new HeadLayout(config.headDim());
  }

  /**
   * Adds the decoder to an empty graph.
   *
   * @param exposeHiddenStates whether every layer's output becomes an output of the graph, for
   *     comparison layer by layer
   */
  public static void build(
      GraphBuilder graph,
      LinearLayers linear,
      LanguageModelConfig config,
      DecoderShape shape,
      ModelTensors tensors,
      boolean exposeHiddenStates) {
    new DecoderGraph(graph, linear, config, shape, tensors, exposeHiddenStates).build();
  }

  /** What every layer's attention shares. */
  private record Positions(Value seqlensK, Value total, Value cos, Value sin) {}

  private void build() {
    Dim rows = Dim.named("s");
    Dim hidden = Dim.of(shape.hiddenSize());
    Value embeds =
        graph.input(DecoderNames.INPUTS_EMBEDS, ElementType.FLOAT, Dim.of(1), rows, hidden);
    Value firstLogitRow = graph.input(DecoderNames.FIRST_LOGIT_ROW, ElementType.INT64, Dim.of(1));
    Positions positions =
        new Positions(
            graph.input(DecoderNames.SEQLENS_K, ElementType.INT32, Dim.of(1)),
            graph.input(DecoderNames.TOTAL_SEQUENCE_LENGTH, ElementType.INT32, Dim.of(1)),
            rotaryTable("rotary.cos", true),
            rotaryTable("rotary.sin", false));

    Value residual = embeds; // [1, s, c]
    Value x = firstNorm(embeds); // [1, s, c]
    for (int layer = 0; layer < shape.layers(); layer++) {
      String name = "layers." + layer;
      Value attended = attention(layer, x, positions); // [1, s, c]
      Normed mid =
          addAndNorm(
              name + ".mid", residual, attended, layerName(layer) + "post_attention_layernorm");
      Value fed = feedForward(layer, mid.normed()); // [1, s, c]
      Normed end = addAndNorm(name + ".end", mid.sum(), fed, normAfter(layer));
      residual = end.sum();
      x = end.normed();
      expose(layer + 1, layer + 1 == shape.layers() ? x : residual);
    }
    logits(x, firstLogitRow);
  }

  private static String layerName(int layer) {
    return "model.layers." + layer + ".";
  }

  private String normAfter(int layer) {
    return layer + 1 == shape.layers() ? "model.norm" : layerName(layer + 1) + "input_layernorm";
  }

  private Value rotaryTable(String name, boolean cosine) {
    int half = shape.headWidth() / 2;
    RowSource table =
        new RotaryTable(config.headDim(), half, config.ropeTheta(), shape.positions(), cosine);
    return graph.weight(name, table, shape.positions(), half); // [positions, d / 2]
  }

  private Value firstNorm(Value embeds) {
    return graph
        .node("SimplifiedLayerNormalization")
        .in(embeds, normWeight(layerName(0) + "input_layernorm"))
        .attr("axis", -1)
        .attr("epsilon", config.rmsNormEps())
        .attr("stash_type", 1)
        .out("layers.0.x"); // [1, s, c]
  }

  private Value normWeight(String tensor) {
    String name = tensor + ".weight";
    return graph.weight(name, tensors.rows(name, shape.hiddenSize()), shape.hiddenSize()); // [c]
  }

  /** The residual sum and its norm, both // [1, s, c]. */
  private record Normed(Value normed, Value sum) {}

  private Normed addAndNorm(String name, Value residual, Value added, String normTensor) {
    List<Value> outputs =
        graph
            .microsoftNode("SkipSimplifiedLayerNormalization")
            .in(residual, added, normWeight(normTensor))
            .attr("epsilon", config.rmsNormEps())
            .outs(name + ".normed", "", "", name + ".sum");
    return new Normed(outputs.get(0), outputs.get(3));
  }

  private Value attention(int layer, Value x, Positions positions) {
    String prefix = layerName(layer) + "self_attn.";
    int queryHeads = config.numAttentionHeads();
    int keyHeads = shape.keyValueHeads();
    long queries = (long) queryHeads * config.headDim();
    long keys = (long) keyHeads * config.headDim();
    RowSource packed =
        RowSource.stack(
            List.of(
                heads.rotary(projection(prefix + "q_proj", queries), queryHeads),
                heads.rotary(projection(prefix + "k_proj", keys), keyHeads),
                heads.values(projection(prefix + "v_proj", keys), keyHeads)));
    String name = "layers." + layer + ".attention";
    Value qkv = linear.apply(graph, name + ".qkv", x, packed); // [1, s, (h + 2 k) d]
    Value heard = groupQueryAttention(layer, name, qkv, positions); // [1, s, h d]
    RowSource output =
        heads.output(
            tensors.rows(prefix + "o_proj.weight", shape.hiddenSize(), queries), queryHeads);
    return linear.apply(graph, name + ".output", heard, output); // [1, s, c]
  }

  private RowSource projection(String tensor, long outputs) {
    return tensors.rows(tensor + ".weight", outputs, shape.hiddenSize());
  }

  private Value groupQueryAttention(int layer, String name, Value qkv, Positions positions) {
    Value pastKey = cacheInput(DecoderNames.pastKey(layer)); // [1, k, P, d]
    Value pastValue = cacheInput(DecoderNames.pastValue(layer)); // [1, k, P, d]
    Integer window = config.slidingWindow();
    List<Value> outputs =
        graph
            .microsoftNode("GroupQueryAttention")
            .in(qkv, Value.NONE, Value.NONE, pastKey, pastValue)
            .in(positions.seqlensK(), positions.total(), positions.cos(), positions.sin())
            .attr("num_heads", config.numAttentionHeads())
            .attr("kv_num_heads", shape.keyValueHeads())
            .attr("do_rotary", 1)
            .attr("scale", (float) (1 / Math.sqrt(config.headDim())))
            .attr("local_window_size", window == null ? -1 : window)
            .outs(
                name + ".heads", DecoderNames.presentKey(layer), DecoderNames.presentValue(layer));
    graph.output(outputs.get(1), ElementType.FLOAT, cacheDims());
    graph.output(outputs.get(2), ElementType.FLOAT, cacheDims());
    return outputs.get(0); // [1, s, h d]
  }

  private Value cacheInput(String name) {
    return graph.input(name, ElementType.FLOAT, cacheDims());
  }

  private Dim[] cacheDims() {
    return new Dim[] {
      Dim.of(1), Dim.of(shape.keyValueHeads()), Dim.named("P"), Dim.of(shape.headWidth())
    };
  }

  private Value feedForward(int layer, Value x) {
    String prefix = layerName(layer) + "mlp.";
    String name = "layers." + layer + ".mlp";
    int inner = config.intermediateSize();
    Value gate =
        linear.apply(
            graph, name + ".gate", x, projection(prefix + "gate_proj", inner)); // [1, s, i]
    Value up =
        linear.apply(graph, name + ".up", x, projection(prefix + "up_proj", inner)); // [1, s, i]
    Value active = ActivationNodes.add(graph, name + ".active", gate, config.hiddenAct());
    Value product = graph.node("Mul").in(active, up).out(name + ".product"); // [1, s, i]
    RowSource down = tensors.rows(prefix + "down_proj.weight", shape.hiddenSize(), inner);
    return linear.apply(graph, name + ".down", product, down); // [1, s, c]
  }

  private void logits(Value x, Value firstLogitRow) {
    Value wanted =
        graph
            .node("Slice")
            .in(x, firstLogitRow, graph.constant("logits.end", Integer.MAX_VALUE))
            .in(graph.constant("logits.axis", 1))
            .out("logits.rows"); // [1, rows, c]
    RowSource head = tensors.rows("lm_head.weight", shape.vocabSize(), shape.hiddenSize());
    Value logits = linear.apply(graph, DecoderNames.LOGITS, wanted, head); // [1, rows, v]
    graph.output(
        logits, ElementType.FLOAT, Dim.of(1), Dim.named("rows"), Dim.of(shape.vocabSize()));
  }

  private void expose(int index, Value state) {
    if (exposeHiddenStates) {
      Value named = graph.node("Identity").in(state).out(DecoderNames.hiddenState(index));
      graph.output(named, ElementType.FLOAT, Dim.of(1), Dim.named("s"), Dim.of(shape.hiddenSize()));
    }
  }
}
