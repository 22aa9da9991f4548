package io.github.llavamed.generation;

import io.github.llavamed.error.LlavaMedException;

/** Thrown where rules and constraints of a request forbid every token. */
public class NoTokenLeftException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public NoTokenLeftException(String message) {
    super(message);
  }
}
