package io.github.llavamed.image;

import io.github.llavamed.error.LlavaMedException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an image is refused: broken, truncated, of an unknown kind, or over a limit.
 *
 * <p>The message names the image, what was expected, what was found, and what to do.
 */
public final class ImageRejectedException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with its full message. */
  public ImageRejectedException(String message) {
    super(message);
  }

  /** Creates the exception with its full message and what a decoding library reported, or null. */
  public ImageRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
