package io.github.llavamed.checkpoint;

import java.util.Arrays;

/** The dimensions of a tensor, outermost first; a scalar has none. Immutable. */
public final class Shape {
  private final long[] dims;

  private Shape(long[] dims) {
    this.dims = dims;
  }

  /**
   * Returns the shape with these dimensions.
   *
   * @param dims each ≥ 0
   * @throws IllegalArgumentException if a dimension is negative
   */
  public static Shape of(long... dims) {
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone());
  }

  /** Returns the number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Returns dimension {@code axis}, 0 ≤ axis &lt; {@link #rank()}. */
  public long dim(int axis) {
    return dims[axis];
  }

  /** Returns a copy of the dimensions. */
  public long[] toArray() {
    return dims.clone();
  }

  /**
   * Returns the product of the dimensions, 1 for a scalar.
   *
   * @throws ArithmeticException if it does not fit in a long
   */
  public long elementCount() {
    long count = 1;
    for (long dim : dims) {
      count = Math.multiplyExact(count, dim);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** Returns the dimensions in the notation of error messages, for example {@code [4096, 1024]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
