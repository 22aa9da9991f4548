package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorAction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** How one tensor of an output comes about. */
interface TensorRecipe {
  /** Bytes per chunk, whole elements of every type. */
  int CHUNK_BYTES = 1 << 18;

  /** Takes the bytes of a tensor, in order. */
  @FunctionalInterface
  interface ChunkSink {
    /** Takes whole elements, little-endian; all remaining bytes of the buffer. */
    void accept(ByteBuffer chunk) throws IOException;
  }

  /** Returns what is written. */
  TensorSpec spec();

  /** Returns what is done to get it. */
  TensorAction action();

  /** Returns the stored tensors that are read from start to end while this one is made. */
  List<TensorData> sources();

  /** Computes the tensor and hands it over in chunks. */
  void write(ChunkSink sink) throws IOException;
}
