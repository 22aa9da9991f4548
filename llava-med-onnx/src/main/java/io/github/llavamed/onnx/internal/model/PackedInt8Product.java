package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.quantization.Int8Rows;
import java.util.HashMap;
import java.util.Map;

/**
 * Products in one operator, for weights that the runtime packs when it loads them.
 *
 * <p>An instance serves one graph, whose weights it rounds.
 */
final class PackedInt8Product implements Int8Product {
  private final Int8Rows rows;
  private final Map<String, int[]> sums = new HashMap<>();

  PackedInt8Product(Int8Rows rows) {
    this.rows = rows;
  }

  /** Returns the sums of the bytes of each output of a product's weight, by product. */
  Map<String, int[]> sums() {
    return sums;
  }

  @Override
  public Weight weight(
      GraphBuilder graph, String name, InputTreatment treatment, RowSource weight) {
    int[] channels = treatment.apart();
    Int8Matrix matrix = Int8Matrix.of(treatment.onWeight(weight), channels, rows);
    long outputs = weight.rows();
    Weight names = Int8Product.names(name, treatment, weight.columns());
    graph.weight(
        names.bytes().name(), ElementType.INT8, matrix.values(), weight.columns(), outputs);
    graph.weight(names.scales().name(), RowSource.of(matrix.scales(), 1), outputs);
    if (channels.length > 0) {
      RowSource apart = RowSource.of(matrix.apart(), channels.length);
      graph.weight(names.apart().name(), apart, channels.length, outputs);
    }
    sums.put(name, matrix.sums());
    return names;
  }

  @Override
  public Value multiply(
      GraphBuilder graph,
      String name,
      Value rows,
      Value zeroPoint,
      InputTreatment treatment,
      Weight weight) {
    return fused(graph, name, rows, zeroPoint, weight);
  }

  /** Adds the operator. // [1, s, outputs] */
  static Value fused(GraphBuilder graph, String name, Value rows, Value zeroPoint, Weight weight) {
    return graph
        .microsoftNode("MatMulIntegerToFloat")
        .in(rows, weight.bytes(), new Value(Int8LinearLayers.ONE), weight.scales())
        .in(zeroPoint)
        .out(name + ".integer");
  }
}
