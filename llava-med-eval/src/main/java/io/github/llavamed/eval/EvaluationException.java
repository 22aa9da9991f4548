package io.github.llavamed.eval;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when answers, references or settings cannot be evaluated. */
public final class EvaluationException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String originalText;

  /** Creates an exception with a message. */
  public EvaluationException(String message) {
    this(message, null, null);
  }

  /**
   * Creates an exception.
   *
   * @param message what was expected, what was found, where, what to do
   * @param originalText the text that the original programs print in this place, or null if it is
   *     not known
   * @param cause the exception that led to it, or null
   */
  public EvaluationException(
      String message, @Nullable String originalText, @Nullable Throwable cause) {
    super(message, cause);
    this.originalText = originalText;
  }

  /** Returns the text that the original programs print in this place, else the message. */
  public String originalText() {
    return originalText != null ? originalText : String.valueOf(getMessage());
  }
}
