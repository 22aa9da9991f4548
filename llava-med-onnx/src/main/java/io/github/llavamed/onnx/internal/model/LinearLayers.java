package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;

/**
 * How the matrix products of a graph are stored and computed: one implementation per precision.
 *
 * <p>Everything else of a graph stays float32, so a new precision is a new implementation of this
 * interface and nothing more. An instance serves one graph.
 */
public interface LinearLayers {
  /** Returns the precision in which the weights are held. */
  Precision precision();

  /**
   * Adds {@code y = x Wᵀ} to a graph.
   *
   * @param graph the graph
   * @param name name of the product's value, prefix of whatever else it needs
   * @param x the input // [b, s, inputs]
   * @param weight one row per output, as checkpoints store it // [outputs, inputs]
   * @return the product // [b, s, outputs]
   */
  Value apply(GraphBuilder graph, String name, Value x, RowSource weight);

  /**
   * Adds {@code y = x Wᵀ + bias} to a graph.
   *
   * @param bias one row // [outputs]
   */
  default Value apply(GraphBuilder graph, String name, Value x, RowSource weight, RowSource bias) {
    Value product = apply(graph, name + ".product", x, weight); // [b, s, outputs]
    Value addend = graph.weight(name + ".bias", bias, weight.rows());
    return graph.node("Add").in(product, addend).out(name); // [b, s, outputs]
  }

  /**
   * Returns how the products expect an input.
   *
   * @param name name of the value that enters the products
   */
  default InputTreatment input(String name) {
    return InputTreatment.NONE;
  }

  /**
   * Adds a gated MLP to a graph.
   *
   * @param name name of the result, prefix of whatever else it needs
   * @param x the input // [b, s, c]
   * @return the result // [b, s, c]
   */
  default Value gatedMlp(GraphBuilder graph, String name, Value x, GatedMlp mlp) {
    Value gate = apply(graph, name + ".gate", x, mlp.gate()); // [b, s, i]
    Value up = apply(graph, name + ".up", x, mlp.up()); // [b, s, i]
    Value active = ActivationNodes.add(graph, name + ".active", gate, mlp.activation());
    Value product = graph.node("Mul").in(active, up).out(mlp.product()); // [b, s, i]
    return apply(graph, name, product, mlp.down()); // [b, s, c]
  }
}
