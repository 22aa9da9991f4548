package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A loaded graph that is run a few times with inputs by name, as measuring needs it.
 *
 * <p>Confined to one thread. The opener closes it.
 */
public final class FloatGraph implements AutoCloseable {
  private final OrtSession session;

  /** An input of a run. */
  public sealed interface Input {}

  /**
   * Float values; direct buffers are read in place.
   *
   * @param values as many as the dimensions make, from the buffer's start
   * @param dims dimensions
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Floats(FloatBuffer values, long... dims) implements Input {}

  /**
   * 32-bit integers.
   *
   * @param values a vector
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Ints(int... values) implements Input {}

  /**
   * One 64-bit integer.
   *
   * @param value the integer // [1]
   */
  public record Long(long value) implements Input {}

  private FloatGraph(OrtSession session) {
    this.session = session;
  }

  /** Loads a graph that holds all its weights; the caller closes the result. */
  public static FloatGraph open(byte[] model, int threads) {
    return new FloatGraph(OrtSessions.open(model, threads));
  }

  /** Loads a graph from a file; the caller closes the result. */
  public static FloatGraph open(Path model, int threads) {
    return new FloatGraph(OrtSessions.open(model, threads));
  }

  /** Runs the graph and returns the wanted outputs, all float, by name. */
  public Map<String, float[]> run(Map<String, Input> inputs, Set<String> wanted) {
    return OrtSessions.call(
        "running a graph",
        () -> {
          Map<String, OnnxTensorLike> tensors = new HashMap<>();
          try {
            for (Map.Entry<String, Input> input : inputs.entrySet()) {
              tensors.put(input.getKey(), tensor(input.getValue()));
            }
            Map<String, float[]> outputs = new HashMap<>();
            try (OrtSession.Result result = session.run(tensors, wanted)) {
              for (String name : wanted) {
                outputs.put(name, OrtSessions.floats(result, name));
              }
            }
            return outputs;
          } finally {
            tensors.values().forEach(OnnxTensorLike::close);
          }
        });
  }

  private static OnnxTensor tensor(Input input) throws OrtException {
    OrtEnvironment environment = OrtSessions.environment();
    long[] one = {1};
    if (input instanceof Floats floats) {
      return OnnxTensor.createTensor(environment, floats.values(), floats.dims());
    } else if (input instanceof Ints numbers) {
      long[] dims = {numbers.values().length};
      return OnnxTensor.createTensor(environment, IntBuffer.wrap(numbers.values()), dims);
    } else if (input instanceof Long number) {
      return OnnxTensor.createTensor(
          environment, LongBuffer.wrap(new long[] {number.value()}), one);
    }
    throw new IllegalStateException("unknown input " + input);
  }

  @Override
  public void close() {
    OrtSessions.call(
        "closing a graph",
        () -> {
          session.close();
          return true;
        });
  }
}
