package io.github.llavamed.prompt;

import io.github.llavamed.error.LlavaMedException;

/** Thrown when a prompt, or a model's tokenizer, breaks a rule of the family's prompts. */
public class InvalidPromptException extends LlavaMedException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a full message. */
  public InvalidPromptException(String message) {
    super(message);
  }
}
