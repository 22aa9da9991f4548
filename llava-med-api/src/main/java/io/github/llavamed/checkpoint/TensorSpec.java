package io.github.llavamed.checkpoint;

/**
 * A tensor that is to be written.
 *
 * @param name its name, without unpaired surrogates, not {@code __metadata__}
 * @param dtype the element type in the file
 * @param shape its dimensions, row-major
 */
public record TensorSpec(String name, DType dtype, Shape shape) {
  /** Checks the name, and that the size in bytes fits in a long. */
  public TensorSpec {
    if (name.equals("__metadata__")) {
      throw new IllegalArgumentException("tensor name '__metadata__' is reserved by the format");
    }
    Math.multiplyExact(shape.elementCount(), (long) dtype.byteSize());
  }

  /** Returns the spec of a copy of a stored tensor. */
  public static TensorSpec of(TensorInfo info) {
    return new TensorSpec(info.name(), info.dtype(), info.shape());
  }

  /** Returns this spec with another element type. */
  public TensorSpec withDtype(DType other) {
    return new TensorSpec(name, other, shape);
  }

  /** Returns the size of the data in bytes. */
  public long byteSize() {
    return shape.elementCount() * dtype.byteSize();
  }
}
