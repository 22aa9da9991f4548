package io.github.llavamed;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a queue has no place left for a request; ask again later. */
public class QueueFullException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public QueueFullException(String message) {
    super(message);
  }
}
