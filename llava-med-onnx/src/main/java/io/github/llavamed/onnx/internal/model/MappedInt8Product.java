package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.Map;

/**
 * Products in four operators, for weights that stay as they lie in the file; results are those of
 * {@link PackedInt8Product}, bit for bit.
 *
 * <p>The runtime's kernel for a single row of bytes and weights that are not packed knows no zero
 * point. So the rows are multiplied as they are, and what the zero point added is taken off in
 * integers: zero point · sum of the output's bytes. All this stays within 32 bits: it is at most
 * 255 · 127 for each input. Weights of more inputs than that allows keep the one operator.
 *
 * @param sums sums of the bytes of each output, by product, as the first graph's layers left them
 */
record MappedInt8Product(Map<String, int[]> sums) implements Int8Product {
  /** Inputs whose products of bytes fit 32 bits whatever they are: 66,311. */
  static final int MOST_INPUTS = Integer.MAX_VALUE / (255 * 127);

  @Override
  public Weight weight(
      GraphBuilder graph, String name, InputTreatment treatment, RowSource weight) {
    Weight names = Int8Product.names(name, treatment, weight.columns());
    graph.sharedWeight(names.bytes().name());
    graph.sharedWeight(names.scales().name());
    if (treatment.apart().length > 0) {
      graph.sharedWeight(names.apart().name());
    }
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
    if (weight.inputs() > MOST_INPUTS) {
      return PackedInt8Product.fused(graph, name, rows, zeroPoint, weight);
    }
    int[] surplus = surplus(name, treatment.zeroPoint());
    Value whole =
        graph
            .node("MatMulInteger")
            .in(rows, weight.bytes())
            .out(name + ".whole"); // [1, s, outputs]
    Value exact =
        graph
            .node("Sub")
            .in(whole, graph.weight(name + ".weight.surplus", surplus))
            .out(name + ".exact"); // [1, s, outputs]
    Value floats =
        graph
            .node("Cast")
            .in(exact)
            .attr("to", ElementType.FLOAT.code())
            .out(name + ".exact.float");
    return graph.node("Mul").in(floats, weight.scales()).out(name + ".integer"); // [1, s, outputs]
  }

  private int[] surplus(String name, int zeroPoint) {
    int[] bytes = sums.get(name);
    if (bytes == null) {
      throw new IllegalStateException("no product " + name + " in the graph that this one shares");
    }
    int[] surplus = new int[bytes.length];
    for (int output = 0; output < surplus.length; output++) {
      surplus[output] = Math.multiplyExact(zeroPoint, bytes[output]);
    }
    return surplus;
  }
}
