package io.github.llavamed.eval.judge;

import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats requests that a busy or broken service refused (status 429 or 5xx), with random waits
 * that grow; every other failure is the caller's at once.
 *
 * <p>Safe for concurrent use if the judge behind it and the random numbers are.
 */
public final class RetryingChatJudge implements ChatJudge {
  private static final Logger LOG = LoggerFactory.getLogger(RetryingChatJudge.class);

  private final ChatJudge judge;
  private final RetryPolicy policy;
  private final RandomGenerator random;
  private final Sleeper sleeper;

  /** Creates a repeater that sleeps on the calling thread. */
  public RetryingChatJudge(ChatJudge judge, RetryPolicy policy, RandomGenerator random) {
    this(judge, policy, random, duration -> Thread.sleep(duration.toMillis()));
  }

  RetryingChatJudge(ChatJudge judge, RetryPolicy policy, RandomGenerator random, Sleeper sleeper) {
    this.judge = judge;
    this.policy = policy;
    this.random = random;
    this.sleeper = sleeper;
  }

  /** Waits. */
  interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  @Override
  public JudgeReply ask(JudgeRequest request) {
    for (int attempt = 1; ; attempt++) {
      try {
        return judge.ask(request);
      } catch (RemoteJudgeException e) {
        if (!e.isRetryable() || attempt == policy.attempts()) {
          throw e;
        }
        Duration wait =
            Duration.ofMillis(random.nextLong(policy.waitAfter(attempt).toMillis() + 1));
        LOG.warn("judge attempt {} failed, next one in {}: {}", attempt, wait, e.getMessage());
        pause(wait);
      }
    }
  }

  private void pause(Duration wait) {
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteJudgeException(
          "judge: expected to wait for another attempt, found an interrupt", false, e);
    }
  }
}
