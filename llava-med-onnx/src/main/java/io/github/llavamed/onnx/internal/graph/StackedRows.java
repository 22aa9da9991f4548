package io.github.llavamed.onnx.internal.graph;

import java.util.List;

/** The rows of several matrices of equal width, one matrix below the other. */
record StackedRows(List<RowSource> parts) implements RowSource {
  StackedRows {
    parts = List.copyOf(parts);
    int columns = parts.get(0).columns();
    for (RowSource part : parts) {
      if (part.columns() != columns) {
        throw new IllegalArgumentException(
            "stacked rows: expected %d columns, found %d".formatted(columns, part.columns()));
      }
    }
  }

  @Override
  public long rows() {
    long rows = 0;
    for (RowSource part : parts) {
      rows = Math.addExact(rows, part.rows());
    }
    return rows;
  }

  @Override
  public int columns() {
    return parts.get(0).columns();
  }

  @Override
  public void readRow(long row, float[] target) {
    part(row).readRow(row - first(row), target);
  }

  @Override
  public String origin(long row) {
    return part(row).origin(row - first(row));
  }

  private RowSource part(long row) {
    long local = row;
    for (RowSource part : parts) {
      if (local < part.rows()) {
        return part;
      }
      local -= part.rows();
    }
    throw new IndexOutOfBoundsException("row " + row + " of " + rows());
  }

  /** Returns the number of rows above the part that holds a row. */
  private long first(long row) {
    long first = 0;
    for (RowSource part : parts) {
      if (row < first + part.rows()) {
        return first;
      }
      first += part.rows();
    }
    throw new IndexOutOfBoundsException("row " + row + " of " + rows());
  }
}
