package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.quantization.Int8Rows;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.util.HashMap;
import java.util.Map;

/**
 * Matrix products of bytes: weights signed with a scale per output, activations unsigned with a
 * scale per row and zero at 128.
 *
 * <p>A scale per row, not per tensor: one row of large values would take the digits of all others.
 * Channels that are large in every row are kept apart and multiplied in float.
 */
public final class Int8LinearLayers implements LinearLayers {
  private static final byte ZERO_POINT = (byte) 128;

  /** Largest rounded activation: 128 ± 127 stays within a byte. */
  private static final float LARGEST_ACTIVATION = 127f;

  /** Scale of a row of zeros; far below that of any row that matters. */
  private static final float SMALLEST_SCALE = 1e-30f;

  private final Map<String, InputTreatment> inputs;
  private final Int8Rows rows;
  private final Map<String, Rounded> rounded = new HashMap<>();

  /**
   * Creates the layers of one graph.
   *
   * @param inputs treatment by the name of an input
   * @param range which bytes the weights use
   */
  public Int8LinearLayers(Map<String, InputTreatment> inputs, WeightRange range) {
    this.inputs = Map.copyOf(inputs);
    this.rows = new Int8Rows(range);
  }

  @Override
  public Precision precision() {
    return Precision.INT8;
  }

  @Override
  public InputTreatment input(String name) {
    return inputs.getOrDefault(name, InputTreatment.NONE);
  }

  /**
   * A rounded input.
   *
   * @param bytes // [1, s, inputs]
   * @param scale // [1, s, 1]
   * @param apart the channels kept apart, divided by the scale, or none // [1, s, channels]
   */
  private record Rounded(Value bytes, Value scale, Value apart) {}

  private Rounded round(GraphBuilder graph, Value x, int width) {
    return rounded.computeIfAbsent(
        x.name(), name -> addRounding(graph, treated(graph, x, width), input(name)));
  }

  /** Returns the input with the factor in the channels kept apart. */
  private Value treated(GraphBuilder graph, Value x, int width) {
    InputTreatment treatment = input(x.name());
    if (treatment.folded() || treatment.apart().length == 0) {
      return x;
    }
    String name = x.name() + ".treated";
    Value factors =
        graph.weight(name + ".factors", RowSource.of(treatment.factors(width), 1), width);
    return graph.node("Mul").in(x, factors).out(name); // [1, s, inputs]
  }

  private Rounded addRounding(GraphBuilder graph, Value x, InputTreatment treatment) {
    if (rounded.isEmpty()) {
      addConstants(graph);
    }
    String name = x.name();
    Value magnitude = graph.node("Abs").in(x).out(name + ".abs");
    Value largest =
        graph
            .node("ReduceMax")
            .in(magnitude, new Value("int8.last_axis"))
            .attr("keepdims", 1)
            .out(name + ".max"); // [1, s, 1]
    Value step = graph.node("Mul").in(largest, new Value("int8.step")).out(name + ".step");
    Value scale = graph.node("Max").in(step, new Value("int8.smallest")).out(name + ".scale");
    Value divided = graph.node("Div").in(x, scale).out(name + ".divided"); // [1, s, inputs]
    Value bytes =
        graph
            .node("QuantizeLinear")
            .in(divided, new Value("int8.one"), new Value("int8.zero_point"))
            .out(name + ".bytes"); // [1, s, inputs]
    int[] channels = treatment.apart();
    Value apart =
        channels.length == 0
            ? Value.NONE
            : GatherNodes.channels(graph, name + ".apart", divided, channels);
    return new Rounded(bytes, scale, apart);
  }

  private static void addConstants(GraphBuilder graph) {
    graph.constant("int8.last_axis", -1);
    graph.scalar("int8.step", 1 / LARGEST_ACTIVATION);
    graph.scalar("int8.smallest", SMALLEST_SCALE);
    graph.scalar("int8.one", 1f);
    graph.scalar("int8.zero_point", ZERO_POINT);
  }

  /** Adds the product divided by its input's row scale. // [1, s, outputs] */
  private Value unscaled(GraphBuilder graph, String name, Value x, RowSource weight) {
    Rounded input = round(graph, x, weight.columns());
    InputTreatment treatment = input(x.name());
    int[] channels = treatment.apart();
    Int8Matrix matrix = Int8Matrix.of(treatment.onWeight(weight), channels, rows);
    long outputs = weight.rows();
    Value bytes =
        graph.weight(
            name + ".weight", ElementType.INT8, matrix.values(), weight.columns(), outputs);
    Value scales = graph.weight(name + ".weight.scales", RowSource.of(matrix.scales(), 1), outputs);
    Value product =
        graph
            .microsoftNode("MatMulIntegerToFloat")
            .in(input.bytes(), bytes, new Value("int8.one"), scales, new Value("int8.zero_point"))
            .out(name + ".integer");
    if (channels.length == 0) {
      return product;
    }
    Value apart =
        graph.weight(
            name + ".weight.apart",
            RowSource.of(matrix.apart(), channels.length),
            channels.length,
            outputs);
    Value added = graph.node("MatMul").in(input.apart(), apart).out(name + ".float");
    return graph.node("Add").in(product, added).out(name + ".sum");
  }

  @Override
  public Value apply(GraphBuilder graph, String name, Value x, RowSource weight) {
    Value product = unscaled(graph, name, x, weight);
    return graph.node("Mul").in(product, round(graph, x, weight.columns()).scale()).out(name);
  }

  /** Carries the row scale of {@code up} through to the result, which saves a pass. */
  @Override
  public Value gatedMlp(GraphBuilder graph, String name, Value x, GatedMlp mlp) {
    Value gate = apply(graph, name + ".gate", x, mlp.gate()); // [1, s, i]
    Value active = ActivationNodes.add(graph, name + ".active", gate, mlp.activation());
    Value up = unscaled(graph, name + ".up", x, mlp.up()); // [1, s, i]
    Value product = graph.node("Mul").in(active, up).out(mlp.product()); // [1, s, i]
    Value down = unscaled(graph, name + ".product", product, mlp.down()); // [1, s, c]
    Value scale =
        graph
            .node("Mul")
            .in(
                round(graph, x, mlp.up().columns()).scale(),
                round(graph, product, mlp.down().columns()).scale())
            .out(name + ".scale"); // [1, s, 1]
    return graph.node("Mul").in(down, scale).out(name);
  }
}
