package io.github.llavamed.metric;

/**
 * Asks a chat model for a verdict: a remote service, or a recording of one.
 *
 * <p>Implementations say whether they are safe for concurrent use.
 */
public interface ChatJudge {
  /**
   * Sends one request and waits for the reply.
   *
   * @throws RemoteJudgeException if the service refuses or fails
   */
  JudgeReply ask(JudgeRequest request);
}
