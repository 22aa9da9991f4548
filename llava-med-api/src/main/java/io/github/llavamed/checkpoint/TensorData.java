package io.github.llavamed.checkpoint;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The data of one stored tensor, as if contiguous and row-major, little-endian.
 *
 * <p>Views the checkpoint's mapped files: valid until the checkpoint is closed, safe for concurrent
 * reads. Nothing is read before it is asked for.
 */
public interface TensorData {
  /** Returns name, type and shape. */
  TensorInfo info();

  /** Returns where the bytes lie in a file, if they lie there as they are read. */
  default Optional<FileRegion> region() {
    return Optional.empty();
  }

  /**
   * Fills the remaining space of {@code target} with raw bytes from {@code byteOffset} on.
   *
   * @throws IndexOutOfBoundsException if the tensor ends before the target is full
   * @throws IllegalStateException if the checkpoint is closed
   */
  void readBytes(long byteOffset, ByteBuffer target);

  /**
   * Brings bytes into memory before they are read. A hint, by default without effect.
   *
   * @throws IndexOutOfBoundsException if the range leaves the tensor
   * @throws IllegalStateException if the checkpoint is closed
   */
  default void prefetch(long byteOffset, long length) {}

  /**
   * Reads {@code count} elements from {@code elementOffset} on, widened to float. F64 is rounded,
   * integers are converted.
   *
   * @throws IndexOutOfBoundsException if the range leaves the tensor or the array
   * @throws IllegalStateException if the checkpoint is closed
   */
  void readFloats(long elementOffset, float[] target, int targetOffset, int count);

  /**
   * Returns all elements, widened to float.
   *
   * @throws ArithmeticException if there are more than an array can hold
   */
  default float[] toFloats() {
    float[] values = new float[Math.toIntExact(info().shape().elementCount())];
    readFloats(0, values, 0, values.length);
    return values;
  }
}
