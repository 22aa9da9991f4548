package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.Activation;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.Value;

/** The nodes that compute each activation function. */
final class ActivationNodes {
  /** Factor of CLIP's quick GELU. */
  private static final float QUICK_GELU_ALPHA = 1.702f;

  private ActivationNodes() {}

  /** Adds an activation to a graph and returns a value of the shape of {@code x}. */
  static Value add(GraphBuilder graph, String name, Value x, Activation activation) {
    return switch (activation) {
      case QUICK_GELU ->
          graph.microsoftNode("QuickGelu").in(x).attr("alpha", QUICK_GELU_ALPHA).out(name);
      case SILU -> graph.microsoftNode("QuickGelu").in(x).attr("alpha", 1f).out(name);
      case GELU -> graph.node("Gelu").in(x).attr("approximate", "none").out(name);
      case GELU_TANH -> graph.node("Gelu").in(x).attr("approximate", "tanh").out(name);
      case RELU -> graph.node("Relu").in(x).out(name);
    };
  }
}
