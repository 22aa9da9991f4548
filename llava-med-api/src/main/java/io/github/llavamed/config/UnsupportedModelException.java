package io.github.llavamed.config;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a configuration names something that this library does not know. */
public class UnsupportedModelException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message: key, value, allowed values. */
  public UnsupportedModelException(String message) {
    super(message);
  }
}
