package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;

/** How rounded weights get into a graph, and how bytes are multiplied by them. */
interface Int8Product {
  /**
   * A weight in a graph.
   *
   * @param inputs number of input channels
   * @param bytes // [inputs, outputs]
   * @param scales // [outputs]
   * @param apart float weights of the channels kept apart, times {@link InputTreatment#FACTOR}, or
   *     none // [channels, outputs]
   */
  record Weight(int inputs, Value bytes, Value scales, Value apart) {}

  /**
   * Adds a weight to a graph.
   *
   * @param name name of the product
   * @param treatment of the product's input
   * @param weight // [outputs, inputs]
   */
  Weight weight(GraphBuilder graph, String name, InputTreatment treatment, RowSource weight);

  /**
   * Adds a product without its input's row scale.
   *
   * @param name name of the product, prefix of all values
   * @param rows a rounded input // [1, s, inputs]
   * @param zeroPoint the byte that stands for zero, without dimensions
   * @param treatment of the input
   * @return named {@code name.integer} // [1, s, outputs]
   */
  Value multiply(
      GraphBuilder graph,
      String name,
      Value rows,
      Value zeroPoint,
      InputTreatment treatment,
      Weight weight);

  /** Returns the names of what a product has in a graph. */
  static Weight names(String name, InputTreatment treatment, int inputs) {
    return new Weight(
        inputs,
        new Value(name + ".weight"),
        new Value(name + ".weight.scales"),
        treatment.apart().length == 0 ? Value.NONE : new Value(name + ".weight.apart"));
  }
}
