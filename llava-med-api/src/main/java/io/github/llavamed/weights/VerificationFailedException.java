package io.github.llavamed.weights;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a tensor that was just written reads back as something else; no output is left. */
public final class VerificationFailedException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message: expected, found, where, what to do. */
  public VerificationFailedException(String message) {
    super(message);
  }
}
