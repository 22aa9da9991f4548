package io.github.llavamed.generation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can end an answer.
 *
 * @param maxNewTokens largest number of new tokens, ≥ 1
 * @param stopStrings strings before which the text is cut, none empty
 * @param stopping says when the answer is complete; fresh, asked about every new token
 * @param endIds ids that end the answer
 * @param timeLimit wall-clock time after which no further token is begun, counted from the pass
 *     over the prompt; null for none
 * @param cancelled asked before the prompt is read and after each token
 */
public record StopConditions(
    int maxNewTokens,
    List<String> stopStrings,
    StoppingCriterion stopping,
    Set<Integer> endIds,
    @Nullable Duration timeLimit,
    BooleanSupplier cancelled) {
  /** Copies the collections. */
  public StopConditions {
    stopStrings = List.copyOf(stopStrings);
    endIds = Set.copyOf(endIds);
  }

  /** Returns whether the time is over for what began at this {@link System#nanoTime()}. */
  boolean isTimeOver(long start) {
    return timeLimit != null && System.nanoTime() - start >= timeLimit.toNanos();
  }

  /** Returns why generation ends from outside after a token, or null. */
  @Nullable FinishReason interruption(long start) {
    if (cancelled.getAsBoolean()) {
      return FinishReason.CANCELLED;
    }
    return isTimeOver(start) ? FinishReason.TIME_LIMIT : null;
  }
}
