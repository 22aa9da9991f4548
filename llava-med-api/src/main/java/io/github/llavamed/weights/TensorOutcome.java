package io.github.llavamed.weights;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;

/**
 * A tensor that a weight tool wrote.
 *
 * @param name its name
 * @param action what was done to get it
 * @param dtype its element type in the output
 * @param shape its dimensions, row-major
 * @param nanCount elements that are not a number
 * @param infinityCount infinite elements
 * @param crc32 the CRC-32 of its bytes, 0 … 2³² - 1
 */
public record TensorOutcome(
    String name,
    TensorAction action,
    DType dtype,
    Shape shape,
    long nanCount,
    long infinityCount,
    long crc32) {
  /** Returns the size of the data in bytes. */
  public long byteSize() {
    return Math.multiplyExact(shape.elementCount(), (long) dtype.byteSize());
  }

  /** Returns whether every element is a finite number. */
  public boolean isFinite() {
    return nanCount == 0 && infinityCount == 0;
  }
}
