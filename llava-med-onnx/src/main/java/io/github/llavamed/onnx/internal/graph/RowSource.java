package io.github.llavamed.onnx.internal.graph;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import java.util.List;

/**
 * A row-major float matrix that is read row by row, so that no weight is held in memory as a whole.
 *
 * <p>Rows may be read by several threads at a time.
 */
public interface RowSource {
  /** Returns the number of rows, for a weight its outputs. */
  long rows();

  /** Returns the number of columns, for a weight its inputs. */
  int columns();

  /**
   * Reads one row.
   *
   * @param row 0 … {@link #rows()} - 1
   * @param target receives {@link #columns()} values from index 0 on
   */
  void readRow(long row, float[] target);

  /** Returns where the values of a row come from, for messages. */
  default String origin(long row) {
    return "computed values";
  }

  /**
   * Returns a stored tensor as a matrix: the first dimension are the rows, the others together the
   * columns; a vector or scalar is one row.
   */
  static RowSource of(TensorData data) {
    Shape shape = data.info().shape();
    long rows = shape.rank() < 2 ? 1 : shape.dim(0);
    int columns = rows == 0 ? 0 : Math.toIntExact(shape.elementCount() / rows);
    return new RowSource() {
      @Override
      public long rows() {
        return rows;
      }

      @Override
      public int columns() {
        return columns;
      }

      @Override
      public void readRow(long row, float[] target) {
        data.readFloats(Math.multiplyExact(row, (long) columns), target, 0, columns);
      }

      @Override
      public String origin(long row) {
        return "tensor '%s' in %s".formatted(data.info().name(), data.info().file());
      }
    };
  }

  /** Returns values in memory as one row; the array must not be changed afterwards. */
  static RowSource of(float[] values, int rows) {
    int columns = values.length / rows;
    return new RowSource() {
      @Override
      public long rows() {
        return rows;
      }

      @Override
      public int columns() {
        return columns;
      }

      @Override
      public void readRow(long row, float[] target) {
        System.arraycopy(values, Math.toIntExact(row) * columns, target, 0, columns);
      }
    };
  }

  /** Returns the rows of several sources of equal width, one source after the other. */
  static RowSource stack(List<RowSource> parts) {
    return new StackedRows(parts);
  }
}
