package io.github.llavamed.training;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when training data cannot be used; the message names file and sample. */
public class InvalidTrainingDataException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message and its cause, or null. */
  public InvalidTrainingDataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
