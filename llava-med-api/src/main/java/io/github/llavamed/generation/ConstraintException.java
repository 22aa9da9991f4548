package io.github.llavamed.generation;

import io.github.llavamed.error.LlavaMedException;

/** Thrown where a constraint on the answer is malformed, or a tokenizer cannot keep to it. */
public class ConstraintException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public ConstraintException(String message) {
    super(message);
  }
}
