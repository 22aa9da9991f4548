package io.github.llavamed.onnx.internal.graph;

/**
 * A tensor inside a graph under construction.
 *
 * @param name its name in the graph; empty stands for an optional input or output left out
 */
public record Value(String name) {
  /** An optional input or output that is left out. */
  public static final Value NONE = new Value("");
}
