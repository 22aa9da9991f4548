package io.github.llavamed.eval.judge;

import java.time.Duration;

/**
 * How often and how late a request is repeated. Immutable.
 *
 * @param attempts tries in all, at least 1
 * @param firstWait longest wait before the second try; doubles with each further one
 * @param longestWait limit of the doubling
 */
public record RetryPolicy(int attempts, Duration firstWait, Duration longestWait) {
  /** Eight tries, waits of up to 1, 2, 4 … 60 seconds. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(8, Duration.ofSeconds(1), Duration.ofSeconds(60));

  /** Checks the ranges. */
  public RetryPolicy {
    if (attempts < 1 || firstWait.isNegative() || longestWait.compareTo(firstWait) < 0) {
      throw new IllegalArgumentException(
          "retry policy: expected at least 1 attempt and 0 <= first <= longest wait, found "
              + attempts
              + ", "
              + firstWait
              + ", "
              + longestWait);
    }
  }

  /** Returns the longest wait after a failed try, counted from 1. */
  Duration waitAfter(int attempt) {
    long millis = firstWait.toMillis() << Math.min(attempt - 1, 20);
    return millis > longestWait.toMillis() ? longestWait : Duration.ofMillis(millis);
  }
}
