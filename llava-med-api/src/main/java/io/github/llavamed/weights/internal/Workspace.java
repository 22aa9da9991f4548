package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/**
 * The buffers and tables that the recipes of one run share: about 3 MB, whatever the tensors.
 *
 * <p>Confined to one thread.
 */
final class Workspace {
  private final HalfPrecision halves = new HalfPrecision();
  private final Map<DType, Arithmetic> arithmetics = new EnumMap<>(DType.class);
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(TensorRecipe.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Returns the arithmetic of an element type.
   *
   * @param dtype F16, BF16 or F32
   */
  Arithmetic in(DType dtype) {
    return arithmetics.computeIfAbsent(dtype, type -> new Arithmetic(type, halves));
  }

  /** Returns a rounder to an element type. */
  ElementRounder rounder(DType dtype) {
    return new ElementRounder(dtype, halves);
  }

  /** Returns the empty little-endian buffer in which chunks are made, one at a time. */
  ByteBuffer chunk() {
    return chunk.clear();
  }

  /** Hands over the bytes of a tensor from an offset to its end. */
  void copy(TensorData source, long offset, TensorRecipe.ChunkSink sink) throws IOException {
    long end = source.info().byteSize();
    for (long done = offset; done < end; ) {
      source.readBytes(done, chunk.clear().limit((int) Math.min(chunk.capacity(), end - done)));
      done += chunk.position();
      sink.accept(chunk.flip());
    }
    chunk.clear();
  }
}
