package io.github.llavamed.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds one ONNX graph: inputs, nodes, small constants inline, large weights in the external data
 * file. Every name is given by the caller and may be used once.
 *
 * <p>Confined to one thread.
 */
public final class GraphBuilder {
  /** Domain of ONNX Runtime's own operators. */
  private static final String MICROSOFT = "com.microsoft";

  /** Version of the standard operators: the newest that has been in use for long. */
  private static final int OPSET = 21;

  /** Version of the file format that belongs to {@link #OPSET}. */
  private static final int IR_VERSION = 10;

  /** Weights up to this size stand in the graph itself. */
  private static final long INLINE_BYTES = 64 << 10;

  private final GraphProto.Builder graph;
  private final @Nullable ExternalDataWriter data;
  private final Map<String, TensorProto> shared;
  private final Set<String> names = new HashSet<>();

  private GraphBuilder(
      String name, @Nullable ExternalDataWriter data, Map<String, TensorProto> shared) {
    this.graph = GraphProto.newBuilder().setName(name);
    this.data = data;
    this.shared = shared;
  }

  /**
   * Starts an empty graph.
   *
   * @param name its name
   * @param data receives large weights; the caller closes it
   */
  public GraphBuilder(String name, ExternalDataWriter data) {
    this(name, data, Map.of());
  }

  /**
   * Starts an empty graph that holds all its weights itself; for graphs that live in memory.
   *
   * @param name its name
   */
  public GraphBuilder(String name) {
    this(name, null, Map.of());
  }

  /**
   * Starts an empty graph over this one's weights: one of the same name is this graph's, and its
   * source is not read again. What is new goes where this graph's weights went.
   *
   * @param name its name
   */
  public GraphBuilder startTwin(String name) {
    Map<String, TensorProto> weights = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> weights.put(tensor.getName(), tensor));
    return new GraphBuilder(name, data, weights);
  }

  /** Adds a weight of the graph whose twin this is. */
  public Value sharedWeight(String name) {
    TensorProto tensor = shared.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no weight " + name + " in the graph that this one shares");
    }
    claim(name);
    graph.addInitializer(tensor);
    return new Value(name);
  }

  /** Declares an input. */
  public Value input(String name, ElementType type, Dim... dims) {
    claim(name);
    graph.addInput(valueInfo(name, type, dims));
    return new Value(name);
  }

  /** Declares an existing value to be an output of the graph, under its own name. */
  public void output(Value value, ElementType type, Dim... dims) {
    graph.addOutput(valueInfo(value.name(), type, dims));
  }

  /** Starts a node of the standard operators. */
  public NodeBuilder node(String opType) {
    return new NodeBuilder(this, "", opType);
  }

  /** Starts a node of ONNX Runtime's own operators. */
  public NodeBuilder microsoftNode(String opType) {
    return new NodeBuilder(this, MICROSOFT, opType);
  }

  /** Adds a small vector of 64-bit integers. */
  public Value constant(String name, long... values) {
    ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return inline(name, ElementType.INT64, new long[] {values.length}, bytes);
  }

  /** Adds a single float32 without dimensions. */
  public Value scalar(String name, float value) {
    return inline(
        name, ElementType.FLOAT, new long[0], littleEndian(Float.BYTES).putFloat(0, value));
  }

  /** Adds a single unsigned byte without dimensions. */
  public Value scalar(String name, byte value) {
    return inline(name, ElementType.UINT8, new long[0], littleEndian(1).put(0, value));
  }

  /**
   * Adds a vector of 32-bit integers, inline when small, otherwise in the external data file.
   *
   * @param values its elements
   */
  public Value weight(String name, int[] values) {
    ByteBuffer bytes = littleEndian(Math.multiplyExact(values.length, Integer.BYTES));
    bytes.asIntBuffer().put(values);
    return bytes(name, ElementType.INT32, bytes.array(), values.length);
  }

  /**
   * Adds a weight of single bytes, inline when small, otherwise in the external data file.
   *
   * @param type a type of one byte
   * @param dims dimensions whose product is the number of bytes
   */
  public Value weight(String name, ElementType type, byte[] bytes, long... dims) {
    requireElements(name, bytes.length, dims);
    return shared.containsKey(name) ? sharedWeight(name) : bytes(name, type, bytes, dims);
  }

  private Value bytes(String name, ElementType type, byte[] bytes, long... dims) {
    return data == null || bytes.length <= INLINE_BYTES
        ? inline(name, type, dims, ByteBuffer.wrap(bytes))
        : external(name, type, dims, data, writer -> writer.append(bytes));
  }

  /**
   * Adds a float32 weight, inline when small, otherwise in the external data file.
   *
   * @param dims dimensions whose product is the number of elements of {@code source}
   */
  public Value weight(String name, RowSource source, long... dims) {
    long elements = Math.multiplyExact(source.rows(), (long) source.columns());
    requireElements(name, elements, dims);
    if (shared.containsKey(name)) {
      return sharedWeight(name);
    }
    long bytes = Math.multiplyExact(elements, (long) Float.BYTES);
    return data == null || bytes <= INLINE_BYTES
        ? inline(name, ElementType.FLOAT, dims, inMemory(source, Math.toIntExact(bytes)))
        : external(name, ElementType.FLOAT, dims, data, writer -> writer.append(source));
  }

  private static void requireElements(String name, long elements, long... dims) {
    long declared = 1;
    for (long dim : dims) {
      declared = Math.multiplyExact(declared, dim);
    }
    if (declared != elements) {
      throw new IllegalArgumentException(
          "weight %s: dimensions make %d elements, the source has %d"
              .formatted(name, declared, elements));
    }
  }

  /**
   * Writes the finished graph.
   *
   * @param file created or overwritten
   */
  public void write(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      build().writeTo(out);
    }
  }

  /**
   * Writes the finished graph with more of its float values as outputs; the graph stays as it is.
   *
   * @param file created or overwritten
   * @param names values of the graph
   */
  public void writeExposing(Path file, Collection<String> names) throws IOException {
    ModelProto.Builder model = build().toBuilder();
    for (String name : names) {
      TypeProto.Tensor type =
          TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.code()).build();
      model
          .getGraphBuilder()
          .addOutput(
              ValueInfoProto.newBuilder()
                  .setName(name)
                  .setType(TypeProto.newBuilder().setTensorType(type)));
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      model.build().writeTo(out);
    }
  }

  /** Returns the finished graph in the ONNX format. */
  public byte[] toBytes() {
    return build().toByteArray();
  }

  /** Returns the finished model. */
  ModelProto build() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("llava-med")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
        .setGraph(graph)
        .build();
  }

  void add(NodeProto node) {
    node.getOutputList().stream().filter(name -> !name.isEmpty()).forEach(this::claim);
    graph.addNode(node);
  }

  private static ByteBuffer inMemory(RowSource source, int bytes) {
    ByteBuffer buffer = littleEndian(bytes);
    float[] row = new float[source.columns()];
    for (long r = 0; r < source.rows(); r++) {
      source.readRow(r, row);
      for (float value : row) {
        buffer.putFloat(value);
      }
    }
    return buffer.flip();
  }

  private Value inline(String name, ElementType type, long[] dims, ByteBuffer bytes) {
    graph.addInitializer(tensor(name, type, dims).setRawData(ByteString.copyFrom(bytes)));
    return new Value(name);
  }

  /** Appends one weight to the data file. */
  private interface Appender {
    ExternalDataWriter.Entry append(ExternalDataWriter data) throws IOException;
  }

  private Value external(
      String name, ElementType type, long[] dims, ExternalDataWriter data, Appender appender) {
    ExternalDataWriter.Entry entry;
    try {
      entry = appender.append(data);
    } catch (IOException e) {
      throw new UncheckedIOException("weight " + name + ": " + e.getMessage(), e);
    }
    graph.addInitializer(
        tensor(name, type, dims)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(pair("location", data.fileName()))
            .addExternalData(pair("offset", Long.toString(entry.offset())))
            .addExternalData(pair("length", Long.toString(entry.length()))));
    return new Value(name);
  }

  private TensorProto.Builder tensor(String name, ElementType type, long[] dims) {
    claim(name);
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.code());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueInfoProto valueInfo(String name, ElementType type, Dim... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Dim dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      String symbol = dim.symbol();
      shape.addDim(
          symbol == null ? dimension.setDimValue(dim.size()) : dimension.setDimParam(symbol));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.code()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private void claim(String name) {
    if (!names.add(name)) {
      throw new IllegalStateException("graph value " + name + " is defined twice");
    }
  }
}
