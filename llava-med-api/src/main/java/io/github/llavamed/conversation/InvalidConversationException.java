package io.github.llavamed.conversation;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a template cannot hold or render what it was given. */
public class InvalidConversationException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public InvalidConversationException(String message) {
    super(message);
  }
}
