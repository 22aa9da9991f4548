package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Computes one chunk at a time, with buffers of its own. Confined to one thread at a time. */
final class ArithmeticLane {
  private final ElementReader reader;
  private final ElementRounder rounder;
  private final float[] first = new float[ElementReader.BLOCK];
  private final float[] second = new float[ElementReader.BLOCK];
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(TensorRecipe.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  ArithmeticLane(DType dtype, HalfPrecision halves) {
    this.reader = new ElementReader(dtype, halves);
    this.rounder = new ElementRounder(dtype, halves);
  }

  /** Fills the chunk with elements of a tensor. */
  void cast(TensorData source, long from, int count) {
    chunk.clear();
    for (int done = 0; done < count; ) {
      int elements = Math.min(ElementReader.BLOCK, count - done);
      reader.read(source, from + done, first, elements);
      rounder.round(first, elements, chunk);
      done += elements;
    }
  }

  /** Fills the chunk with sums or differences. */
  void combine(TensorData source, TensorData other, boolean subtract, long from, int count) {
    chunk.clear();
    for (int done = 0; done < count; ) {
      int elements = Math.min(ElementReader.BLOCK, count - done);
      reader.read(source, from + done, first, elements);
      reader.read(other, from + done, second, elements);
      if (subtract) {
        for (int i = 0; i < elements; i++) {
          first[i] -= second[i];
        }
      } else {
        for (int i = 0; i < elements; i++) {
          first[i] += second[i];
        }
      }
      rounder.round(first, elements, chunk);
      done += elements;
    }
  }

  /** Hands over the chunk. */
  void handOver(TensorRecipe.ChunkSink sink) throws IOException {
    chunk.flip();
    if (chunk.hasRemaining()) {
      sink.accept(chunk);
    }
    chunk.clear();
  }
}
