package io.github.llavamed.checkpoint;

import java.nio.file.Path;

/**
 * What is known of a stored tensor without reading its data.
 *
 * @param name its name in the file
 * @param dtype its element type
 * @param shape its dimensions, row-major
 * @param file the file that holds it
 */
public record TensorInfo(String name, DType dtype, Shape shape, Path file) {
  /** Returns the size of the data in bytes. */
  public long byteSize() {
    return Math.multiplyExact(shape.elementCount(), (long) dtype.byteSize());
  }
}
