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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys and values of all layers for one or several sequences, with room for a fixed number of
 * positions of each.
 *
 * <p>Each layer's buffer is handed to the runtime as past and as present, so that it writes new
 * positions in place; of several slots the first ones can be handed over alone. Confined to one
 * thread at a time; the owner closes it.
 */
final class KvStorage implements AutoCloseable {
  private final DecoderShape shape;
  private final int slots;
  private final int positions;
  private final List<FloatBuffer> buffers = new ArrayList<>(); // each [slots, k, positions, d]
  private final Map<Integer, StepTensors> tensors =
      new HashMap<>(); // By the number of slots in them.

  private KvStorage(DecoderShape shape, int slots, int positions) {
    this.shape = shape;
    this.slots = slots;
    this.positions = positions;
  }

  /**
   * Allocates storage.
   *
   * @param slots number of sequences, ≥ 1
   * @param positions room of each, ≥ 1
   * @throws LlavaMedException if there is not enough direct memory
   */
  static KvStorage allocate(DecoderShape shape, int slots, int positions) {
    KvStorage storage = new KvStorage(shape, slots, positions);
    int bytes =
        Math.toIntExact(Math.multiplyExact(slots, floatsPerSlot(shape, positions)) * Float.BYTES);
    try {
      for (int i = 0; i < 2 * shape.layers(); i++) {
        storage.buffers.add(
            ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer());
      }
    } catch (OutOfMemoryError e) {
      throw new LlavaMedException(
          "key/value cache for %d sequences of %d positions needs %d MiB of direct memory, which is"
                  .formatted(slots, positions, slots * bytes(shape, positions) >> 20)
              + " not there; allow more with -XX:MaxDirectMemorySize",
          e);
    }
    return storage;
  }

  /** Returns the memory that all layers take for a number of positions of one sequence. */
  static long bytes(DecoderShape shape, int positions) {
    return 2L * shape.layers() * floatsPerSlot(shape, positions) * Float.BYTES;
  }

  /** Returns how many slots of a number of positions a layer's buffer can hold at most. */
  static int mostSlots(DecoderShape shape, int positions) {
    return Math.toIntExact(Integer.MAX_VALUE / (floatsPerSlot(shape, positions) * Float.BYTES));
  }

  private static long floatsPerSlot(DecoderShape shape, int positions) {
    return Math.multiplyExact((long) shape.keyValueHeads() * shape.headWidth(), (long) positions);
  }

  /** Returns how many sequences fit. */
  int slots() {
    return slots;
  }

  /** Returns how many positions of each fit. */
  int positions() {
    return positions;
  }

  /** Returns the memory that it takes. */
  long bytes() {
    return slots * bytes(shape, positions);
  }

  /**
   * Returns the tensors of runs of the first slots.
   *
   * @param sequences 1 … {@link #slots()}
   */
  StepTensors tensors(int sequences) {
    return tensors.computeIfAbsent(sequences, this::makeTensors);
  }

  private StepTensors makeTensors(int sequences) {
    StepTensors made = new StepTensors(shape, sequences);
    OrtEnvironment environment = OrtSessions.environment();
    long[] dims = {sequences, shape.keyValueHeads(), positions, shape.headWidth()};
    int floats = Math.toIntExact(sequences * floatsPerSlot(shape, positions));
    for (int i = 0; i < buffers.size(); i++) {
      FloatBuffer view = buffers.get(i).duplicate().limit(floats);
      OnnxTensor tensor =
          OrtSessions.call(
              "making a cache tensor", () -> OnnxTensor.createTensor(environment, view, dims));
      int layer = i / 2;
      if (i % 2 == 0) {
        made.addCache(DecoderNames.pastKey(layer), DecoderNames.presentKey(layer), tensor);
      } else {
        made.addCache(DecoderNames.pastValue(layer), DecoderNames.presentValue(layer), tensor);
      }
    }
    return made;
  }

  /**
   * Copies the first {@code count} positions of a slot of a storage of the same model, this one or
   * another.
   */
  void copy(int slot, KvStorage other, int otherSlot, int count) {
    int width = shape.headWidth();
    int heads = shape.keyValueHeads();
    for (int i = 0; i < buffers.size(); i++) {
      for (int head = 0; head < heads; head++) {
        buffers
            .get(i)
            .put(
                (slot * heads + head) * positions * width,
                other.buffers.get(i),
                (otherSlot * heads + head) * other.positions * width,
                count * width);
      }
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(StepTensors::close);
    tensors.clear();
  }
}
