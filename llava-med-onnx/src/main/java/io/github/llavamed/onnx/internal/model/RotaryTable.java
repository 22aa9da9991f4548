package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;

/**
 * Cosines or sines of the rotary angles, computed in float32 step by step as the original does:
 * inverse frequencies, angles and functions are each rounded to float.
 *
 * @param headDim width of a head
 * @param columns columns of the table; those from {@code headDim / 2} on belong to padding
 * @param theta base of the frequencies
 * @param positions rows of the table
 * @param cosine true for cosines, false for sines
 */
record RotaryTable(int headDim, int columns, double theta, int positions, boolean cosine)
    implements RowSource {
  @Override
  public long rows() {
    return positions;
  }

  @Override
  public void readRow(long row, float[] target) {
    for (int i = 0; i < columns; i++) {
      float angle = i < headDim / 2 ? row * inverseFrequency(i) : 0f;
      target[i] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
    }
  }

  private float inverseFrequency(int i) {
    float exponent = (float) (2 * i) / headDim;
    return 1f / (float) Math.pow(theta, exponent);
  }
}
