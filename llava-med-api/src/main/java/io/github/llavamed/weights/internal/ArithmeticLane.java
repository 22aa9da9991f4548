package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Computes one chunk at a time, with buffers of its own. Confined to one thread at a time. */
final class ArithmeticLane {
  private final DType dtype;
  private final ElementReader reader;
  private final ElementRounder rounder;
  private final HalfSums halfSums = new HalfSums();
  private final float[] first = new float[ElementReader.BLOCK];
  private final float[] second = new float[ElementReader.BLOCK];
  private final ByteBuffer firstHalves = halves();
  private final ByteBuffer secondHalves = halves();
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(TensorRecipe.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  ArithmeticLane(DType dtype, HalfPrecision halves) {
    this.dtype = dtype;
    this.reader = new ElementReader(dtype, halves);
    this.rounder = new ElementRounder(dtype, halves);
  }

  private static ByteBuffer halves() {
    return ByteBuffer.allocateDirect(ElementReader.BLOCK * Short.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
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
    boolean allHalves =
        dtype == DType.F16
            && source.info().dtype() == DType.F16
            && other.info().dtype() == DType.F16;
    for (int done = 0; done < count; ) {
      int elements = Math.min(ElementReader.BLOCK, count - done);
      if (allHalves) {
        read(source, from + done, elements, firstHalves);
        read(other, from + done, elements, secondHalves);
        halfSums.combine(firstHalves, secondHalves, subtract, elements, chunk);
      } else {
        combineFloats(source, other, subtract, from + done, elements);
      }
      done += elements;
    }
  }

  private static void read(TensorData source, long from, int count, ByteBuffer target) {
    source.readBytes(from * Short.BYTES, target.clear().limit(count * Short.BYTES));
  }

  private void combineFloats(
      TensorData source, TensorData other, boolean subtract, long from, int count) {
    reader.read(source, from, first, count);
    reader.read(other, from, second, count);
    if (subtract) {
      for (int i = 0; i < count; i++) {
        first[i] -= second[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        first[i] += second[i];
      }
    }
    rounder.round(first, count, chunk);
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
