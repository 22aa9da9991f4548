package io.github.llavamed.cli.bench;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * Measures how fast this machine multiplies bytes: one product of unsigned rows and signed weights,
 * alone, in ONNX Runtime, with which Java reaches instructions that it has no words for.
 */
final class Int8Product {
  private static final int WIDTH = 4096;
  private static final int ROWS = 768;
  private static final int ROUNDS = 12;
  private static final long SEED = 8;

  private Int8Product() {}

  /** Returns operations per second of the fastest round; nothing where the runtime cannot run. */
  static OptionalDouble operationsPerSecond(int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (OrtSession session = environment.createSession(model(), options);
          OnnxTensor rows = rows(environment)) {
        return OptionalDouble.of(2.0 * ROWS * WIDTH * WIDTH / seconds(session, rows));
      }
    } catch (OrtException | LinkageError e) {
      return OptionalDouble.empty(); // Another backend may run where this one does not.
    }
  }

  private static double seconds(OrtSession session, OnnxTensor rows) throws OrtException {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      session.run(Map.of("x", rows)).close();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private static OnnxTensor rows(OrtEnvironment environment) throws OrtException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(ROWS * WIDTH); // [rows, width]
    bytes.put(random(ROWS * WIDTH)).flip();
    return OnnxTensor.createTensor(
        environment, bytes, new long[] {ROWS, WIDTH}, OnnxJavaType.UINT8);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static byte[] model() {
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("product")
            .addInput(value("x", OnnxMl.TensorProto.DataType.UINT8, ROWS))
            .addOutput(value("y", OnnxMl.TensorProto.DataType.INT32, ROWS))
            .addInitializer(
                OnnxMl.TensorProto.newBuilder()
                    .setName("w")
                    .setDataType(OnnxMl.TensorProto.DataType.INT8.getNumber())
                    .addAllDims(List.of((long) WIDTH, (long) WIDTH))
                    .setRawData(ByteString.copyFrom(random(WIDTH * WIDTH))))
            .addNode(
                OnnxMl.NodeProto.newBuilder()
                    .setOpType("MatMulInteger")
                    .addInput("x")
                    .addInput("w")
                    .addOutput("y"))
            .build();
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static OnnxMl.ValueInfoProto value(
      String name, OnnxMl.TensorProto.DataType type, int rows) {
    OnnxMl.TensorShapeProto shape =
        OnnxMl.TensorShapeProto.newBuilder().addDim(dim(rows)).addDim(dim(WIDTH)).build();
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(type.getNumber())
                        .setShape(shape)))
        .build();
  }

  private static OnnxMl.TensorShapeProto.Dimension dim(int size) {
    return OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(size).build();
  }
}
