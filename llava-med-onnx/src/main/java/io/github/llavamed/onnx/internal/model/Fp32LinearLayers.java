package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;

/**
 * Matrix products in float32, with the weights in the order of the checkpoint.
 *
 * <p>The runtime packs the transposed weights once when it loads them, so leaving the transposition
 * to it costs nothing per run and lets the weights be written row by row.
 */
public final class Fp32LinearLayers implements LinearLayers {
  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  @Override
  public Value apply(GraphBuilder graph, String name, Value x, RowSource weight) {
    Value w = graph.weight(name + ".weight", weight, weight.rows(), weight.columns());
    return graph.microsoftNode("FusedMatMul").in(x, w).attr("transB", 1).out(name);
  }
}
