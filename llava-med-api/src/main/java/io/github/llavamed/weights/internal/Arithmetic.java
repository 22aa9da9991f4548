package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Casts, adds and subtracts stored tensors in one element type, in chunks.
 *
 * <p>Both operands are cast to the type, combined in float32 and rounded to it once. Confined to
 * one thread.
 */
final class Arithmetic {
  private final DType dtype;
  private final ElementReader reader;
  private final ElementRounder rounder;
  private final float[] first = new float[ElementReader.BLOCK];
  private final float[] second = new float[ElementReader.BLOCK];
  private final ByteBuffer chunk;

  /**
   * Creates the arithmetic of a type.
   *
   * @param dtype F16, BF16 or F32
   * @param chunk where chunks are made, little-endian, empty between calls
   */
  Arithmetic(DType dtype, HalfPrecision halves, ByteBuffer chunk) {
    this.dtype = dtype;
    this.chunk = chunk;
    this.reader = new ElementReader(dtype, halves);
    this.rounder = new ElementRounder(dtype, halves);
  }

  DType dtype() {
    return dtype;
  }

  /** Hands over elements {@code from} … {@code to - 1}, cast to the type. */
  void cast(TensorData source, long from, long to, TensorRecipe.ChunkSink sink) throws IOException {
    for (long done = from; done < to; ) {
      int count = block(to - done);
      reader.read(source, done, first, count);
      append(count, sink);
      done += count;
    }
    flush(sink);
  }

  /** Hands over {@code source ± other} for the first {@code count} elements of both. */
  void combine(
      TensorData source,
      TensorData other,
      boolean subtract,
      long count,
      TensorRecipe.ChunkSink sink)
      throws IOException {
    for (long done = 0; done < count; ) {
      int elements = block(count - done);
      reader.read(source, done, first, elements);
      reader.read(other, done, second, elements);
      if (subtract) {
        for (int i = 0; i < elements; i++) {
          first[i] -= second[i];
        }
      } else {
        for (int i = 0; i < elements; i++) {
          first[i] += second[i];
        }
      }
      append(elements, sink);
      done += elements;
    }
    flush(sink);
  }

  private static int block(long left) {
    return (int) Math.min(ElementReader.BLOCK, left);
  }

  private void append(int count, TensorRecipe.ChunkSink sink) throws IOException {
    if (chunk.remaining() < count * dtype.byteSize()) {
      flush(sink);
    }
    rounder.round(first, count, chunk);
  }

  private void flush(TensorRecipe.ChunkSink sink) throws IOException {
    if (chunk.position() > 0) {
      sink.accept(chunk.flip());
    }
    chunk.clear();
  }
}
