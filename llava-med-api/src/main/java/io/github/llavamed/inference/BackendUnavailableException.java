package io.github.llavamed.inference;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when no backend, or not the one that was named, can run here. */
public class BackendUnavailableException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message and its cause, or null. */
  public BackendUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
