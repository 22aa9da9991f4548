package io.github.llavamed.weights;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when weights do not fit together: a shape, a name or a number of rows. */
public class IncompatibleWeightsException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message: expected, found, where, what to do. */
  public IncompatibleWeightsException(String message) {
    super(message);
  }
}
