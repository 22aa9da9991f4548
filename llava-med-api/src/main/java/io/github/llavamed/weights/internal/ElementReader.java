package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.internal.FloatFormats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads stored elements as floats, first cast to the element type in which a tool computes.
 *
 * <p>Confined to one thread.
 */
final class ElementReader {
  /** Elements per read: the arrays of a sum stay in the cache nearest to the core. */
  static final int BLOCK = 8192;

  private final DType dtype;
  private final HalfPrecision halves;
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(BLOCK * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final short[] shorts = new short[BLOCK];

  /**
   * Creates a reader.
   *
   * @param dtype F16, BF16 or F32
   */
  ElementReader(DType dtype, HalfPrecision halves) {
    this.dtype = dtype;
    this.halves = halves;
  }

  /**
   * Reads elements.
   *
   * @param count at most {@link #BLOCK}
   */
  void read(TensorData source, long offset, float[] target, int count) {
    DType stored = source.info().dtype();
    switch (stored) {
      case F16 -> {
        readShorts(source, offset, count);
        halves.widen(shorts, target, count);
      }
      case BF16 -> {
        readShorts(source, offset, count);
        for (int i = 0; i < count; i++) {
          target[i] = FloatFormats.fromBf16(shorts[i]);
        }
      }
      default -> source.readFloats(offset, target, 0, count);
    }
    if (stored != dtype) {
      cast(target, count);
    }
  }

  private void readShorts(TensorData source, long offset, int count) {
    source.readBytes(offset * Short.BYTES, bytes.clear().limit(count * Short.BYTES));
    bytes.flip().asShortBuffer().get(shorts, 0, count);
  }

  private void cast(float[] values, int count) {
    if (dtype == DType.F16) {
      halves.roundInPlace(values, count);
    } else if (dtype == DType.BF16) {
      for (int i = 0; i < count; i++) {
        values[i] = FloatFormats.fromBf16(FloatFormats.toBf16(values[i]));
      }
    }
  }
}
