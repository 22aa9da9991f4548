package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.quantization.Int8Rows;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.util.HashMap;
import java.util.Map;

/**
 * Matrix products of bytes: weights signed with a scale per output, activations unsigned with a
 * scale per row and zero at 128, or at another byte where the values lean to one side.
 *
 * <p>A scale per row, not per tensor: one row of large values would take the digits of all others.
 * Channels that are large in every row are kept apart and multiplied in float.
 */
public final class Int8LinearLayers implements LinearLayers {
  /** The scale of what has none. */
  static final String ONE = "int8.one";

  /** Largest rounded activation around the middle: 128 ± 127 stays within a byte. */
  private static final float LARGEST_ACTIVATION = 127f;

  private static final float LARGEST_BYTE = 255f;

  /** Scale of a row of zeros; far below that of any row that matters. */
  private static final float SMALLEST_SCALE = 1e-30f;

  private final Map<String, InputTreatment> inputs;
  private final Int8Product product;
  private final Map<String, Rounded> rounded = new HashMap<>();
  private final Map<Integer, Value> zeroPoints = new HashMap<>();

  /**
   * Creates the layers of one graph.
   *
   * @param inputs treatment by the name of an input
   * @param range which bytes the weights use
   */
  public Int8LinearLayers(Map<String, InputTreatment> inputs, WeightRange range) {
    this(Map.copyOf(inputs), new PackedInt8Product(new Int8Rows(range)));
  }

  private Int8LinearLayers(Map<String, InputTreatment> inputs, Int8Product product) {
    this.inputs = inputs;
    this.product = product;
  }

  /**
   * Returns layers for a twin of the graph that was built with these: it computes the same, bit for
   * bit, with kernels that take the weights as they lie in the file.
   */
  public Int8LinearLayers mapped() {
    if (!(product instanceof PackedInt8Product packed)) {
      throw new IllegalStateException("these layers are those of a twin");
    }
    return new Int8LinearLayers(inputs, new MappedInt8Product(packed.sums()));
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

  /** Returns the input with the factors in it. */
  private Value treated(GraphBuilder graph, Value x, int width) {
    InputTreatment treatment = input(x.name());
    if (treatment.folded() || treatment.isPlain()) {
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
    Value scale =
        treatment.zeroPoint() == InputTreatment.MIDDLE
            ? symmetricScale(graph, x, name)
            : skewedScale(graph, x, name, treatment.zeroPoint()); // [1, s, 1]
    Value divided = graph.node("Div").in(x, scale).out(name + ".divided"); // [1, s, inputs]
    Value bytes =
        graph
            .node("QuantizeLinear")
            .in(divided, new Value(ONE), zeroPoint(graph, treatment))
            .out(name + ".bytes"); // [1, s, inputs]
    int[] channels = treatment.apart();
    Value apart =
        channels.length == 0
            ? Value.NONE
            : GatherNodes.channels(graph, name + ".apart", divided, channels);
    return new Rounded(bytes, scale, apart);
  }

  private static Value symmetricScale(GraphBuilder graph, Value x, String name) {
    Value magnitude = graph.node("Abs").in(x).out(name + ".abs");
    Value largest = reduce(graph, "ReduceMax", magnitude, name + ".max");
    Value step = graph.node("Mul").in(largest, new Value("int8.step")).out(name + ".step");
    return graph.node("Max").in(step, new Value("int8.smallest")).out(name + ".scale");
  }

  /** Makes room for the largest value above the zero point and for the smallest below it. */
  private static Value skewedScale(GraphBuilder graph, Value x, String name, int zeroPoint) {
    Value above = graph.scalar(name + ".step.above", 1f / (LARGEST_BYTE - zeroPoint));
    Value below = graph.scalar(name + ".step.below", -1f / zeroPoint);
    Value largest = reduce(graph, "ReduceMax", x, name + ".max");
    Value smallest = reduce(graph, "ReduceMin", x, name + ".min");
    Value positive = graph.node("Mul").in(largest, above).out(name + ".positive");
    Value negative = graph.node("Mul").in(smallest, below).out(name + ".negative");
    return graph
        .node("Max")
        .in(positive, negative, new Value("int8.smallest"))
        .out(name + ".scale");
  }

  private static Value reduce(GraphBuilder graph, String operator, Value x, String name) {
    return graph.node(operator).in(x, new Value("int8.last_axis")).attr("keepdims", 1).out(name);
  }

  private Value zeroPoint(GraphBuilder graph, InputTreatment treatment) {
    return zeroPoints.computeIfAbsent(
        treatment.zeroPoint(),
        point -> graph.scalar("int8.zero_point." + point, point.byteValue()));
  }

  private static void addConstants(GraphBuilder graph) {
    graph.constant("int8.last_axis", -1);
    graph.scalar("int8.step", 1 / LARGEST_ACTIVATION);
    graph.scalar("int8.smallest", SMALLEST_SCALE);
    graph.scalar(ONE, 1f);
  }

  /** Adds the product divided by its input's row scale. // [1, s, outputs] */
  private Value unscaled(GraphBuilder graph, String name, Value x, RowSource weight) {
    Rounded input = round(graph, x, weight.columns());
    InputTreatment treatment = input(x.name());
    Int8Product.Weight parts = product.weight(graph, name, treatment, weight);
    Value zeroPoint = zeroPoint(graph, treatment);
    Value integer =
        product.multiply(
            graph, name, input.bytes(), zeroPoint, treatment, parts); // [1, s, outputs]
    if (parts.apart().equals(Value.NONE)) {
      return integer;
    }
    Value added = addApart(graph, name + ".float", input.apart(), parts.apart());
    return graph.node("Add").in(integer, added).out(name + ".sum");
  }

  /**
   * Adds the product of the channels kept apart. // [1, s, outputs]
   *
   * <p>The factor is the operator's own because the runtime has another kernel for single rows of
   * weights that are not packed, which adds in another order, but takes it for plain products only.
   */
  private static Value addApart(GraphBuilder graph, String name, Value apart, Value weight) {
    return graph
        .microsoftNode("FusedMatMul")
        .in(apart, weight)
        .attr("alpha", 1 / InputTreatment.FACTOR)
        .out(name);
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
