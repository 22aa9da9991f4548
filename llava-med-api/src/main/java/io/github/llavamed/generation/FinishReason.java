package io.github.llavamed.generation;

/** Why an answer ended. */
public enum FinishReason {
  /** The model produced its end-of-sequence token. */
  STOP("stop"),
  /** The limit of new tokens, or the end of the model's context, was reached. */
  LENGTH("length"),
  /** A stop string appeared. */
  STOP_STRING("stop_string"),
  /** The caller cancelled. */
  CANCELLED("cancelled"),
  /** The time limit of the request was over. */
  TIME_LIMIT("time_limit");

  private final String id;

  FinishReason(String id) {
    this.id = id;
  }

  /** Returns the word for files and command lines. */
  public String id() {
    return id;
  }
}
