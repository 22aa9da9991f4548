package io.github.llavamed.tokenizer;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when a tokenizer file breaks a rule of its format or exceeds a limit. */
public class MalformedTokenizerException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message: file, place, expected, found. */
  public MalformedTokenizerException(String message) {
    super(message);
  }

  /** Creates the exception with a full message and the parser's own exception, or null. */
  public MalformedTokenizerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
