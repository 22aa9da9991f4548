package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.NodeBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Matrix products with weights of four or eight bits in blocks; the kernels round activations to
 * bytes in the same blocks.
 */
public final class BlockLinearLayers implements LinearLayers {
  /** The kernels' name for computing in bytes; twice as fast as in float, as accurate. */
  private static final int BYTES = 4;

  private final Map<String, InputTreatment> inputs;
  private final Map<String, float[]> importance;
  private final BlockRounding rounding;
  private final Map<String, Value> apart = new HashMap<>();

  /**
   * Creates the layers of one graph.
   *
   * @param inputs treatment by the name of an input
   * @param importance by the name of an input, how much an error in each channel's weights counts
   * @param rounding how weights are rounded
   */
  public BlockLinearLayers(
      Map<String, InputTreatment> inputs, Map<String, float[]> importance, BlockRounding rounding) {
    this.inputs = Map.copyOf(inputs);
    this.importance = Map.copyOf(importance);
    this.rounding = rounding;
  }

  @Override
  public Precision precision() {
    return rounding.precision();
  }

  @Override
  public InputTreatment input(String name) {
    return inputs.getOrDefault(name, InputTreatment.NONE);
  }

  @Override
  public Value apply(GraphBuilder graph, String name, Value x, RowSource weight) {
    InputTreatment treatment = input(x.name());
    int[] channels = treatment.apart();
    BlockMatrix matrix =
        BlockMatrix.of(
            treatment.onWeight(weight), channels, importance(x, weight.columns()), rounding);
    String product = channels.length == 0 ? name : name + ".blocks";
    Value y = blockProduct(graph, product, x, weight, matrix);
    if (channels.length == 0) {
      return y;
    }
    Value floats =
        graph.weight(
            name + ".weight.apart",
            RowSource.of(matrix.apart(), channels.length),
            channels.length,
            weight.rows());
    Value added = graph.node("MatMul").in(apart(graph, x, channels), floats).out(name + ".float");
    return graph.node("Add").in(y, added).out(name);
  }

  private float[] importance(Value x, int width) {
    float[] known = importance.get(x.name());
    if (known != null) {
      return known;
    }
    float[] ones = new float[width];
    Arrays.fill(ones, 1f);
    return ones;
  }

  private Value blockProduct(
      GraphBuilder graph, String name, Value x, RowSource weight, BlockMatrix matrix) {
    long outputs = weight.rows();
    long inputs = weight.columns();
    long perRow = (inputs + rounding.blockSize() - 1) / rounding.blockSize();
    Value codes =
        graph.weight(
            name + ".weight",
            ElementType.UINT8,
            matrix.codes(),
            outputs,
            perRow,
            rounding.blockSize() * rounding.bits() / 8);
    Value scales =
        graph.weight(name + ".weight.scales", RowSource.of(matrix.scales(), 1), outputs, perRow);
    NodeBuilder product = graph.microsoftNode("MatMulNBits").in(x, codes, scales);
    if (matrix.zeroPoints().length > 0) {
      product.in(
          graph.weight(
              name + ".weight.zero_points",
              ElementType.UINT8,
              matrix.zeroPoints(),
              outputs,
              matrix.zeroPoints().length / outputs));
    }
    return product
        .attr("K", inputs)
        .attr("N", outputs)
        .attr("bits", rounding.bits())
        .attr("block_size", rounding.blockSize())
        .attr("accuracy_level", BYTES)
        .out(name);
  }

  private Value apart(GraphBuilder graph, Value x, int[] channels) {
    return apart.computeIfAbsent(
        x.name(), name -> GatherNodes.channels(graph, name + ".apart", x, channels));
  }
}
