package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Direct buffers that hold the float weights of one layer after the other.
 *
 * <p>Memory is that of one layer and of the head. Confined to one thread.
 */
final class WeightBuffers {
  private final Map<String, FloatBuffer> buffers = new HashMap<>();

  /**
   * Reads a weight, with all cores.
   *
   * @param role buffers are used again for weights of the same role
   */
  FloatGraph.Floats fill(String role, RowSource weight) {
    int columns = weight.columns();
    int rows = Math.toIntExact(weight.rows());
    int floats = Math.multiplyExact(rows, columns);
    FloatBuffer buffer =
        buffers.compute(
            role, (name, old) -> old != null && old.capacity() == floats ? old : allocate(floats));
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              float[] values = new float[columns];
              weight.readRow(row, values);
              buffer.put(row * columns, values);
            });
    return new FloatGraph.Floats(buffer, rows, columns);
  }

  private static FloatBuffer allocate(int floats) {
    int bytes = Math.multiplyExact(floats, Float.BYTES);
    try {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    } catch (OutOfMemoryError e) {
      throw new LlavaMedException(
          "measuring a layer in float32 needs %d MiB more of direct memory, which is not there;"
                  .formatted(bytes >> 20)
              + " allow more with -XX:MaxDirectMemorySize",
          e);
    }
  }
}
