package io.github.llavamed.onnx.quantization;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a weight is not a number or infinite, so that no integer stands for it. */
public final class NonFiniteWeightException extends LlavaMedException {
  private static final long serialVersionUID = 1;

  /**
   * Creates the exception.
   *
   * @param origin where the row comes from
   * @param column place in the row
   * @param value the value found
   */
  public NonFiniteWeightException(String origin, int column, float value) {
    super(
        "%s: expected finite weights, found %s in column %d; the checkpoint is damaged"
            .formatted(origin, value, column));
  }
}
