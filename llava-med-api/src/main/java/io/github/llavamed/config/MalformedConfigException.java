package io.github.llavamed.config;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when a configuration file is not the JSON object that it should be. */
public class MalformedConfigException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message and its cause, or null. */
  public MalformedConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
