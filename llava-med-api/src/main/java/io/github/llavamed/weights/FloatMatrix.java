package io.github.llavamed.weights;

import java.util.Arrays;

/**
 * A row-major float32 matrix in one array. Not thread-safe while it is written.
 *
 * <p>Holds at most 2³¹ - 1 values (an embedding of 32004 rows of 4096 has 1.3 · 10⁸).
 */
public final class FloatMatrix {
  private final int rows;
  private final int columns;
  private final float[] values;

  private FloatMatrix(int rows, int columns, float[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /**
   * Returns a matrix over {@code values}, which it takes over and does not copy.
   *
   * @throws IllegalArgumentException if a size is negative or {@code rows * columns} is not the
   *     number of values
   */
  public static FloatMatrix of(int rows, int columns, float[] values) {
    if (rows < 0 || columns < 0 || (long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          "expected rows * columns values, found ["
              + rows
              + ", "
              + columns
              + "] and "
              + values.length);
    }
    return new FloatMatrix(rows, columns, values);
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of columns. */
  public int columns() {
    return columns;
  }

  /** Returns the array behind the matrix, row after row; writing to it changes the matrix. */
  public float[] values() {
    return values;
  }

  /** Returns a copy of row {@code row}, 0 ≤ row &lt; {@link #rows()}. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, offset(row), offset(row) + columns);
  }

  /**
   * Copies {@code source} into row {@code row}.
   *
   * @throws IllegalArgumentException if its length is not {@link #columns()}
   */
  public void setRow(int row, float[] source) {
    if (source.length != columns) {
      throw new IllegalArgumentException(
          "expected a row of " + columns + " values, found " + source.length);
    }
    System.arraycopy(source, 0, values, offset(row), columns);
  }

  /** Returns a copy with {@code newRows} rows: the first ones of this, zeros beyond them. */
  public FloatMatrix resized(int newRows) {
    return new FloatMatrix(
        newRows, columns, Arrays.copyOf(values, Math.multiplyExact(newRows, columns)));
  }

  /**
   * Returns the mean of the first {@code count} rows, summed in double precision.
   *
   * @param count 1 … {@link #rows()}
   */
  public float[] meanOfFirst(int count) {
    if (count < 1 || count > rows) {
      throw new IllegalArgumentException("expected 1 to " + rows + " rows, found " + count);
    }
    double[] sums = new double[columns];
    for (int row = 0, i = 0; row < count; row++) {
      for (int column = 0; column < columns; column++) {
        sums[column] += values[i++];
      }
    }
    float[] mean = new float[columns];
    for (int column = 0; column < columns; column++) {
      mean[column] = (float) (sums[column] / count);
    }
    return mean;
  }

  /** Returns the size in the notation of error messages, for example {@code [13, 8]}. */
  public String shape() {
    return "[" + rows + ", " + columns + "]";
  }

  private int offset(int row) {
    if (row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException("row " + row + " of a matrix of " + rows + " rows");
    }
    return row * columns;
  }
}
