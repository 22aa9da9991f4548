package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrix products in float32 whose weights are inputs of the graph, so that a layer can run without
 * its weights ever being written or packed.
 */
public final class StreamedLinearLayers implements LinearLayers {
  private final Map<String, RowSource> weights = new LinkedHashMap<>();

  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  /** Returns the weights to feed, by the name of the input; all are [outputs, inputs]. */
  public Map<String, RowSource> weights() {
    return weights;
  }

  @Override
  public Value apply(GraphBuilder graph, String name, Value x, RowSource weight) {
    String input = name + ".weight";
    weights.put(input, weight);
    Value w =
        graph.input(input, ElementType.FLOAT, Dim.of(weight.rows()), Dim.of(weight.columns()));
    return graph.microsoftNode("FusedMatMul").in(x, w).attr("transB", 1).out(name);
  }
}
