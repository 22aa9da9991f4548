package io.github.llavamed.weights;

import java.util.Random;

/** Where the values of rows come from that a larger vocabulary adds. */
@FunctionalInterface
public interface NewRows {
  /** The standard deviation of new rows, {@code initializer_range} of the configurations. */
  double INITIALIZER_RANGE = 0.02;

  /** The two matrices that grow with the vocabulary. */
  enum Matrix {
    /** {@code model.embed_tokens.weight}. */
    EMBEDDING,
    /** {@code lm_head.weight}. */
    LM_HEAD
  }

  /**
   * Returns the values of a new row; called for the rows of one growth in ascending order,
   * embedding first.
   *
   * @return {@code columns} values
   */
  float[] draw(Matrix matrix, int row, int columns);

  /**
   * Returns normally distributed values with mean 0, the same for the same seed.
   *
   * @param standardDeviation ≥ 0
   */
  static NewRows normal(double standardDeviation, long seed) {
    Random random = new Random(seed); // its algorithm is specified, so results are repeatable
    return (matrix, row, columns) -> {
      float[] values = new float[columns];
      for (int i = 0; i < columns; i++) {
        values[i] = (float) (random.nextGaussian() * standardDeviation);
      }
      return values;
    };
  }
}
