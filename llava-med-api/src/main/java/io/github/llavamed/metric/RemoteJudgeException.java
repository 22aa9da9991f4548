package io.github.llavamed.metric;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/** Thrown when a chat judge gives no reply. */
public class RemoteJudgeException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /**
   * Creates an exception.
   *
   * @param message what was asked, what happened, what to do
   * @param retryable whether the same request may succeed later
   * @param cause the exception of the client library, or null
   */
  public RemoteJudgeException(String message, boolean retryable, @Nullable Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Returns whether the same request may succeed later. */
  public boolean isRetryable() {
    return retryable;
  }
}
