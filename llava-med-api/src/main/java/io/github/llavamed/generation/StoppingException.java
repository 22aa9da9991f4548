package io.github.llavamed.generation;

import io.github.llavamed.error.LlavaMedException;

/** Thrown where the original's stop criterion fails and its defect is reproduced. */
public class StoppingException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public StoppingException(String message) {
    super(message);
  }
}
