package io.github.llavamed.inference;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a prompt, or a prompt and its answer, need more positions than there are. */
public class ContextLengthExceededException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public ContextLengthExceededException(String message) {
    super(message);
  }
}
