package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.internal.ElementCodec;
import java.nio.ByteBuffer;

/** Rounds floats to an element type, to nearest, ties to even. Confined to one thread. */
final class ElementRounder {
  private final DType dtype;
  private final HalfPrecision halves;
  private final short[] shorts = new short[ElementReader.BLOCK];

  /**
   * Creates a rounder.
   *
   * @param dtype a floating-point type
   */
  ElementRounder(DType dtype, HalfPrecision halves) {
    this.dtype = dtype;
    this.halves = halves;
  }

  /**
   * Appends the rounded values to a little-endian buffer.
   *
   * @param count at most {@link ElementReader#BLOCK}
   */
  void round(float[] values, int count, ByteBuffer target) {
    if (dtype == DType.F16) {
      halves.round(values, shorts, count);
      target.asShortBuffer().put(shorts, 0, count);
      target.position(target.position() + count * Short.BYTES);
    } else {
      ElementCodec.narrow(dtype, values, 0, count, target);
    }
  }
}
