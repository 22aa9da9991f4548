package io.github.llavamed.demo.phantom;

/**
 * How much of each pixel a shape covers, 0 to 1, inside a box; outside it covers nothing.
 *
 * @param left first column of the box
 * @param top first row
 * @param width columns
 * @param height rows
 * @param values row-major // [height, width]
 */
record Mask(int left, int top, int width, int height, float[] values) {
  float at(int column, int row) {
    int x = column - left;
    int y = row - top;
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : values[y * width + x];
  }

  /** Returns this mask where another one covers too. */
  Mask times(Mask other) {
    return map((column, row, value) -> value * other.at(column, row));
  }

  /** Returns this mask where another one does not cover. */
  Mask without(Mask other) {
    return map((column, row, value) -> value * (1 - other.at(column, row)));
  }

  /** Computes a new value of a pixel. */
  interface PixelFunction {
    /** Returns the new value at a column and row of the image. */
    double apply(int column, int row, float value);
  }

  /** Returns a mask of the same box whose values are computed one by one. */
  Mask map(PixelFunction function) {
    float[] mapped = new float[values.length];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i++) {
        mapped[i] = (float) function.apply(left + x, top + y, values[i]);
      }
    }
    return new Mask(left, top, width, height, mapped);
  }
}
