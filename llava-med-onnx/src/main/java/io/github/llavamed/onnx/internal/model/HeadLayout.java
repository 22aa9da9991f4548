package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import java.util.Arrays;

/**
 * Widens attention heads to a width that the attention kernel accepts.
 *
 * <p>The kernel takes rotary heads only in multiples of {@value #MULTIPLE}. Narrower heads get
 * zeros: in queries and keys at the end of each rotary half, in values at the end, and zero columns
 * in the output projection. Zeros add nothing to any product, so the result is the same. Widths of
 * real models (64, 80, 96, 128) stay as they are.
 *
 * @param headDim width of a head in the model, even
 */
record HeadLayout(int headDim) {
  static final int MULTIPLE = 16;

  /** Returns the width of a head in the graph and in the cache. */
  int width() {
    return (headDim + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  }

  /** Returns the rows of a query or key projection, widened. // [heads * width, inputs] */
  RowSource rotary(RowSource projection, int heads) {
    int half = width() / 2;
    int stored = headDim / 2;
    return widenRows(
        projection, heads, i -> i % half >= stored ? -1 : i < half ? i : stored + i - half);
  }

  /** Returns the rows of a value projection, widened. // [heads * width, inputs] */
  RowSource values(RowSource projection, int heads) {
    return widenRows(projection, heads, i -> i < headDim ? i : -1);
  }

  /** Returns the columns of an output projection, widened. // [outputs, heads * width] */
  RowSource output(RowSource projection, int heads) {
    if (width() == headDim) {
      return projection;
    }
    return new RowSource() {
      @Override
      public long rows() {
        return projection.rows();
      }

      @Override
      public int columns() {
        return heads * width();
      }

      @Override
      public void readRow(long row, float[] target) {
        float[] stored = new float[projection.columns()]; // Rows are read by several threads.
        projection.readRow(row, stored);
        Arrays.fill(target, 0, columns(), 0f);
        for (int head = 0; head < heads; head++) {
          System.arraycopy(stored, head * headDim, target, head * width(), headDim);
        }
      }

      @Override
      public String origin(long row) {
        return projection.origin(row);
      }
    };
  }

  /** Maps the place in a widened head to the place in the stored head, or -1 for a zero. */
  private interface Places {
    int stored(int place);
  }

  private RowSource widenRows(RowSource projection, int heads, Places places) {
    if (width() == headDim) {
      return projection;
    }
    return new RowSource() {
      @Override
      public long rows() {
        return (long) heads * width();
      }

      @Override
      public int columns() {
        return projection.columns();
      }

      @Override
      public void readRow(long row, float[] target) {
        int place = places.stored((int) (row % width()));
        if (place < 0) {
          Arrays.fill(target, 0, columns(), 0f);
        } else {
          projection.readRow(row / width() * headDim + place, target);
        }
      }

      @Override
      public String origin(long row) {
        return projection.origin(row / width() * headDim);
      }
    };
  }
}
