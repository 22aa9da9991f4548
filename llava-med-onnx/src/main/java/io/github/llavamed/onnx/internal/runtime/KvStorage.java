package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys and values of all layers, with room for a fixed number of positions.
 *
 * <p>Each layer's buffer is handed to the runtime as past and as present, so that it writes new
 * positions in place. Confined to one thread at a time; the owner closes it.
 */
final class KvStorage implements AutoCloseable {
  private final DecoderShape shape;
  private final int positions;
  private final List<FloatBuffer> buffers = new ArrayList<>(); // each [k, positions, d]
  private final Map<String, OnnxTensor> past = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> present = new LinkedHashMap<>();

  private KvStorage(DecoderShape shape, int positions) {
    this.shape = shape;
    this.positions = positions;
  }

  /**
   * Allocates storage.
   *
   * @param positions room, ≥ 1
   * @throws LlavaMedException if there is not enough direct memory
   */
  static KvStorage allocate(DecoderShape shape, int positions) {
    KvStorage storage = new KvStorage(shape, positions);
    OrtEnvironment environment = OrtSessions.environment();
    try {
      for (int layer = 0; layer < shape.layers(); layer++) {
        storage.add(environment, DecoderNames.pastKey(layer), DecoderNames.presentKey(layer));
        storage.add(environment, DecoderNames.pastValue(layer), DecoderNames.presentValue(layer));
      }
    } catch (OutOfMemoryError e) {
      storage.close();
      throw new LlavaMedException(
          "key/value cache for %d positions needs %d MiB of direct memory, which is not there;"
                  .formatted(positions, bytes(shape, positions) >> 20)
              + " allow more with -XX:MaxDirectMemorySize",
          e);
    }
    return storage;
  }

  /** Returns the memory that all layers take for a number of positions. */
  static long bytes(DecoderShape shape, int positions) {
    return 2L * shape.layers() * floatsPerLayer(shape, positions) * Float.BYTES;
  }

  private static long floatsPerLayer(DecoderShape shape, int positions) {
    return Math.multiplyExact((long) shape.keyValueHeads() * shape.headWidth(), (long) positions);
  }

  private void add(OrtEnvironment environment, String pastName, String presentName) {
    int bytes = Math.toIntExact(floatsPerLayer(shape, positions) * Float.BYTES);
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    long[] dims = {1, shape.keyValueHeads(), positions, shape.headWidth()};
    OnnxTensor tensor =
        OrtSessions.call(
            "making a cache tensor", () -> OnnxTensor.createTensor(environment, buffer, dims));
    buffers.add(buffer);
    past.put(pastName, tensor);
    present.put(presentName, tensor);
  }

  /** Returns how many positions fit. */
  int positions() {
    return positions;
  }

  /** Returns the tensors under the names of the graph's inputs. */
  Map<String, OnnxTensor> past() {
    return past;
  }

  /** Returns the same tensors under the names of the graph's outputs. */
  Map<String, OnnxTensor> present() {
    return present;
  }

  /** Copies the first {@code count} positions of another storage of the same model. */
  void copyFrom(KvStorage other, int count) {
    int width = shape.headWidth();
    for (int i = 0; i < buffers.size(); i++) {
      for (int head = 0; head < shape.keyValueHeads(); head++) {
        buffers
            .get(i)
            .put(
                head * positions * width,
                other.buffers.get(i),
                head * other.positions * width,
                count * width);
      }
    }
  }

  @Override
  public void close() {
    past.values().forEach(OnnxTensor::close);
  }
}
