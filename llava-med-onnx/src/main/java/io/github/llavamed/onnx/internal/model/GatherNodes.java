package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.Value;
import java.util.Arrays;

/** The node that picks channels of a value. */
final class GatherNodes {
  private GatherNodes() {}

  /** Adds the given channels of {@code x} as a value. // [b, s, channels] */
  static Value channels(GraphBuilder graph, String name, Value x, int[] channels) {
    long[] indices = Arrays.stream(channels).asLongStream().toArray();
    return graph
        .node("Gather")
        .in(x, graph.constant(name + ".channels", indices))
        .attr("axis", -1)
        .out(name);
  }
}
