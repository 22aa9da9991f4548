package io.github.llavamed.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** One node under construction: inputs, attributes, then {@link #out} adds it to the graph. */
public final class NodeBuilder {
  private final GraphBuilder graph;
  private final NodeProto.Builder node;

  NodeBuilder(GraphBuilder graph, String domain, String opType) {
    this.graph = graph;
    this.node = NodeProto.newBuilder().setDomain(domain).setOpType(opType);
  }

  /** Adds inputs; {@link Value#NONE} leaves an optional one out. */
  public NodeBuilder in(Value... inputs) {
    for (Value input : inputs) {
      node.addInput(input.name());
    }
    return this;
  }

  /** Sets an integer attribute. */
  public NodeBuilder attr(String name, long value) {
    node.addAttribute(attribute(name, AttributeProto.AttributeType.INT).setI(value));
    return this;
  }

  /** Sets a float attribute. */
  public NodeBuilder attr(String name, float value) {
    node.addAttribute(attribute(name, AttributeProto.AttributeType.FLOAT).setF(value));
    return this;
  }

  /** Sets a string attribute. */
  public NodeBuilder attr(String name, String value) {
    node.addAttribute(
        attribute(name, AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    return this;
  }

  /** Sets an attribute that is a list of integers. */
  public NodeBuilder attrs(String name, long... values) {
    AttributeProto.Builder attribute = attribute(name, AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    node.addAttribute(attribute);
    return this;
  }

  /** Adds the node with one output of this name and returns it. */
  public Value out(String name) {
    return outs(name).get(0);
  }

  /** Adds the node with outputs of these names, empty ones left out, and returns them. */
  public List<Value> outs(String... names) {
    List<Value> outputs = new ArrayList<>();
    for (String name : names) {
      node.addOutput(name);
      outputs.add(new Value(name));
    }
    graph.add(node.setName(names[0] + "/" + node.getOpType()).build());
    return outputs;
  }

  private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }
}
