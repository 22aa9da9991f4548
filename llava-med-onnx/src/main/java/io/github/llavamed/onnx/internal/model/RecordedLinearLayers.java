package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrix products in float32 that remember the weight that each input meets; an input enters one
 * product.
 */
public final class RecordedLinearLayers implements LinearLayers {
  private final LinearLayers layers = new Fp32LinearLayers();
  private final Map<String, RowSource> weights = new LinkedHashMap<>();

  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  /** Returns the weights by the name of their product's input // [outputs, inputs] each. */
  public Map<String, RowSource> weights() {
    return weights;
  }

  @Override
  public Value apply(GraphBuilder graph, String name, Value x, RowSource weight) {
    if (weights.put(x.name(), weight) != null) {
      throw new IllegalStateException(x.name() + " enters several products");
    }
    return layers.apply(graph, name, x, weight);
  }
}
