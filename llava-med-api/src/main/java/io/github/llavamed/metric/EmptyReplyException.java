package io.github.llavamed.metric;

/** Thrown when a chat judge replies without a text, as content filters make it do. */
public final class EmptyReplyException extends RemoteJudgeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; the same request is not worth another attempt at once. */
  public EmptyReplyException(String message) {
    super(message, false, null);
  }
}
