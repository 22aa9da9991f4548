package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The parts that decoder graphs are made of: norms, attention, MLP, head.
 *
 * <p>Letters: {@code b} sequences, {@code s} rows of this run, {@code P} positions the cache has
 * room for, {@code c} hidden size, {@code h} query heads, {@code k} key/value heads, {@code d} head
 * width in the graph, {@code i} intermediate size, {@code v} vocabulary.
 *
 * @param graph the graph under construction
 * @param linear how matrix products are stored
 * @param config the decoder
 * @param shape its sizes
 * @param tensors the weights
 */
record DecoderParts(
    GraphBuilder graph,
    LinearLayers linear,
    LanguageModelConfig config,
    DecoderShape shape,
    ModelTensors tensors) {
  /** What every layer's attention shares. */
  record Positions(Value seqlensK, Value total, Value cos, Value sin) {}

  /** A residual sum and its norm, both // [b, s, c]. */
  record Normed(Value normed, Value sum) {}

  /** Returns the prefix of a layer's tensors. */
  static String layerTensors(int layer) {
    return "model.layers." + layer + ".";
  }

  /** Declares the inputs of attention and its rotary tables. */
  Positions positions() {
    return new Positions(
        graph.input(DecoderNames.SEQLENS_K, ElementType.INT32, Dim.named("b")),
        graph.input(DecoderNames.TOTAL_SEQUENCE_LENGTH, ElementType.INT32, Dim.of(1)),
        rotaryTable("rotary.cos", true),
        rotaryTable("rotary.sin", false));
  }

  private Value rotaryTable(String name, boolean cosine) {
    int half = shape.headWidth() / 2;
    RowSource table =
        new RotaryTable(config.headDim(), half, config.ropeTheta(), shape.positions(), cosine);
    return graph.weight(name, table, shape.positions(), half); // [positions, d / 2]
  }

  /** Adds a norm over the last axis; {@code tensor} lacks {@code .weight}. // [b, s, c] */
  Value norm(String name, Value x, String tensor) {
    return graph
        .node("SimplifiedLayerNormalization")
        .in(x, normWeight(name, tensor))
        .attr("axis", -1)
        .attr("epsilon", config.rmsNormEps())
        .attr("stash_type", 1)
        .out(name); // [b, s, c]
  }

  /** Adds a residual sum and its norm, which gets the name {@code name}. */
  Normed addAndNorm(String name, Value residual, Value added, String tensor) {
    List<Value> outputs =
        graph
            .microsoftNode("SkipSimplifiedLayerNormalization")
            .in(residual, added, normWeight(name, tensor))
            .attr("epsilon", config.rmsNormEps())
            .outs(name, "", "", name + ".sum");
    return new Normed(outputs.get(0), outputs.get(3));
  }

  private Value normWeight(String consumer, String tensor) {
    String name = tensor + ".weight";
    RowSource weight = tensors.rows(name, shape.hiddenSize());
    return graph.weight(name, linear.input(consumer).onColumns(weight), shape.hiddenSize()); // [c]
  }

  /**
   * Adds attention up to its output projection.
   *
   * @param x the normed input // [b, s, c]
   * @param name name of the result
   * @return what the heads heard // [b, s, h d]
   */
  Value heads(int layer, Value x, Positions positions, String name) {
    String prefix = layerTensors(layer) + "self_attn.";
    int queryHeads = config.numAttentionHeads();
    int keyHeads = shape.keyValueHeads();
    HeadLayout layout = new HeadLayout(config.headDim());
    long queries = (long) queryHeads * config.headDim();
    long keys = (long) keyHeads * config.headDim();
    RowSource values = layout.values(projection(prefix + "v_proj", keys), keyHeads);
    RowSource packed =
        RowSource.stack(
            List.of(
                layout.rotary(projection(prefix + "q_proj", queries), queryHeads),
                layout.rotary(projection(prefix + "k_proj", keys), keyHeads),
                linear.input(DecoderNames.attentionHeads(layer)).onRows(values, valueChannels())));
    Value qkv =
        linear.apply(graph, "layers." + layer + ".attention.qkv", x, packed); // [b, s, (h + 2 k) d]
    return groupQueryAttention(layer, name, qkv, positions); // [b, s, h d]
  }

  /** Returns for each value channel the first of the channels that the heads make of it. */
  private int[] valueChannels() {
    int width = shape.headWidth();
    int group = config.numAttentionHeads() / shape.keyValueHeads();
    return IntStream.range(0, shape.keyValueHeads() * width)
        .map(row -> row / width * group * width + row % width)
        .toArray();
  }

  /** Adds the output projection of attention. // [b, s, c] */
  Value attentionOutput(int layer, Value heads) {
    RowSource output =
        new HeadLayout(config.headDim())
            .output(
                tensors.rows(
                    layerTensors(layer) + "self_attn.o_proj.weight",
                    shape.hiddenSize(),
                    (long) config.numAttentionHeads() * config.headDim()),
                config.numAttentionHeads());
    return linear.apply(graph, "layers." + layer + ".attention.output", heads, output);
  }

  private RowSource projection(String tensor, long outputs) {
    return tensors.rows(tensor + ".weight", outputs, shape.hiddenSize());
  }

  private Value groupQueryAttention(int layer, String name, Value qkv, Positions positions) {
    Value pastKey = cacheInput(DecoderNames.pastKey(layer)); // [b, k, P, d]
    Value pastValue = cacheInput(DecoderNames.pastValue(layer)); // [b, k, P, d]
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
            .outs(name, DecoderNames.presentKey(layer), DecoderNames.presentValue(layer));
    graph.output(outputs.get(1), ElementType.FLOAT, cacheDims());
    graph.output(outputs.get(2), ElementType.FLOAT, cacheDims());
    return outputs.get(0); // [b, s, h d]
  }

  private Value cacheInput(String name) {
    return graph.input(name, ElementType.FLOAT, cacheDims());
  }

  private Dim[] cacheDims() {
    return new Dim[] {
      Dim.named("b"), Dim.of(shape.keyValueHeads()), Dim.named("P"), Dim.of(shape.headWidth())
    };
  }

  /** Adds the MLP of a layer. // [b, s, c] */
  Value feedForward(int layer, Value x) {
    String prefix = layerTensors(layer) + "mlp.";
    int inner = config.intermediateSize();
    String product = DecoderNames.mlpProduct(layer);
    RowSource up = projection(prefix + "up_proj", inner);
    GatedMlp mlp =
        new GatedMlp(
            product,
            projection(prefix + "gate_proj", inner),
            linear.input(product).onRows(up, IntStream.range(0, inner).toArray()),
            tensors.rows(prefix + "down_proj.weight", shape.hiddenSize(), inner),
            config.hiddenAct());
    return linear.gatedMlp(graph, "layers." + layer + ".mlp.down", x, mlp); // [b, s, c]
  }

  /** Adds the head and declares the logits an output. */
  void logits(Value x) {
    RowSource head = tensors.rows("lm_head.weight", shape.vocabSize(), shape.hiddenSize());
    Value logits = linear.apply(graph, DecoderNames.LOGITS, x, head); // [b, rows, v]
    graph.output(
        logits, ElementType.FLOAT, Dim.named("b"), Dim.named("rows"), Dim.of(shape.vocabSize()));
  }
}
