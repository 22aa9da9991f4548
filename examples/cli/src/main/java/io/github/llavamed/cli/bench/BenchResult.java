package io.github.llavamed.cli.bench;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run found out.
 *
 * @param family layout of the checkpoint
 * @param layers decoder layers that ran
 * @param backend id of the backend
 * @param precision number format that ran
 * @param weights where the weights were, or null if the backend leaves no choice
 * @param threads worker threads
 * @param imageTokens positions of the prompt that an image fills
 * @param times measured times
 * @param promptOperations two per layer weight and position of the prompt, attention left out
 * @param memory resident memory since the second load began
 * @param turns what new tokens read beside what memory gives
 * @param limits what the machine can do at most
 * @param loadAverage of the last minute before it was measured, empty where the system does not say
 * @param otherShare part of all processors that other programs used while it was measured, 0 … 1,
 *     or null where the system does not say
 * @param loop what Java adds to a decoded token
 * @param reuse whole answers and questions about one image, or null if such questions do not fit
 * @param extrapolation full depth, or null if all layers ran
 */
public record BenchResult(
    ModelFamily family,
    int layers,
    String backend,
    Precision precision,
    @Nullable WeightPlacement weights,
    int threads,
    int imageTokens,
    BenchTimes times,
    double promptOperations,
    ProcessMemory.Peak memory,
    MemoryTurns turns,
    MachineLimits limits,
    OptionalDouble loadAverage,
    @Nullable Double otherShare,
    LoopCost loop,
    @Nullable ReuseTimes reuse,
    @Nullable Extrapolation extrapolation) {
  private static final double MILLIS_PER_SECOND = 1e3;

  /** Returns the rate at which the prompt is computed, in operations per second. */
  public double promptOperationsPerSecond() {
    return promptOperations * MILLIS_PER_SECOND / times.prefill().wall().median();
  }
}
