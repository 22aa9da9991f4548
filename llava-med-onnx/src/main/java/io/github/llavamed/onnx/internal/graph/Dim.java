package io.github.llavamed.onnx.internal.graph;

import org.jspecify.annotations.Nullable;

/**
 * A dimension of a graph input or output: fixed, or named and known only when the graph runs.
 *
 * @param size the fixed size; unused when named
 * @param symbol the name, or null for a fixed size
 */
public record Dim(long size, @Nullable String symbol) {
  /** Returns a fixed dimension. */
  public static Dim of(long size) {
    return new Dim(size, null);
  }

  /** Returns a dimension that differs from run to run. */
  public static Dim named(String symbol) {
    return new Dim(-1, symbol);
  }
}
