package io.github.llavamed.conversation;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when there is no template of a name; the message lists the names that there are. */
public class UnknownTemplateException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public UnknownTemplateException(String message) {
    super(message);
  }
}
