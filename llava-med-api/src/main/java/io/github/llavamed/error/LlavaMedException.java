package io.github.llavamed.error;

import org.jspecify.annotations.Nullable;

/**
 * Root of the unchecked exceptions that this library throws for its own reasons.
 *
 * <p>Messages say what was expected, what was found, where, and what to do next. Caller mistakes
 * stay {@link IllegalArgumentException} or {@link IllegalStateException}; file problems stay {@link
 * java.io.IOException}.
 */
public class LlavaMedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message and no cause. */
  public LlavaMedException(String message) {
    super(message);
  }

  /** Creates an exception with a message and the exception that led to it, or null. */
  public LlavaMedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
