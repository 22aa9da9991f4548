package io.github.llavamed.eval.judge;

import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;

/**
 * Refuses requests once a number of requests or tokens is used up.
 *
 * <p>The reply that crosses the token limit is still given. Put it around the remote judge and
 * inside a retrying one, so that every attempt counts. Safe for concurrent use if the judge behind
 * it is.
 */
public final class BudgetedChatJudge implements ChatJudge {
  private final ChatJudge judge;
  private final long maxRequests;
  private final long maxTokens;
  private long requests;
  private long tokens;

  /**
   * Creates a guard.
   *
   * @param maxRequests requests allowed, at least 0
   * @param maxTokens tokens read and written before which requests are allowed, at least 0
   */
  public BudgetedChatJudge(ChatJudge judge, long maxRequests, long maxTokens) {
    if (maxRequests < 0 || maxTokens < 0) {
      throw new IllegalArgumentException(
          "judge budget: expected limits of at least 0, found "
              + maxRequests
              + " and "
              + maxTokens);
    }
    this.judge = judge;
    this.maxRequests = maxRequests;
    this.maxTokens = maxTokens;
  }

  @Override
  public JudgeReply ask(JudgeRequest request) {
    synchronized (this) {
      if (requests >= maxRequests || tokens >= maxTokens) {
        throw new RemoteJudgeException(
            "judge budget: expected less than "
                + maxRequests
                + " requests and "
                + maxTokens
                + " tokens, found "
                + requests
                + " and "
                + tokens
                + "; raise the budget to go on, finished results are kept",
            false,
            null);
      }
      requests++;
    }
    JudgeReply reply = judge.ask(request);
    synchronized (this) {
      tokens += (long) reply.promptTokens() + reply.completionTokens();
    }
    return reply;
  }

  /** Returns the number of requests sent. */
  public synchronized long requests() {
    return requests;
  }

  /** Returns the number of tokens read and written. */
  public synchronized long tokens() {
    return tokens;
  }
}
