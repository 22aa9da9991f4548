package io.github.llavamed.training;

import java.util.List;

/**
 * The figures of one optimiser step.
 *
 * @param step counted from 1
 * @param epoch epochs that were seen by then, with a fraction
 * @param loss sum of the micro-batches' mean losses over the accumulation, as the original logs it
 * @param learningRate the rate that this step used (the original logs the next one's)
 * @param gradNorm norm of all gradients before clipping
 * @param tokens ids that went through the model in this step, padding not counted
 * @param trainedTokens ids that counted in the loss
 * @param seconds wall-clock time of the step
 * @param memoryBytes main memory that this process holds
 * @param samples numbers of the samples in the data file, in the order of this rank's micro-batches
 * @param microLosses mean loss of each of this rank's micro-batches, not divided by the
 *     accumulation
 */
public record StepMetrics(
    long step,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    long tokens,
    long trainedTokens,
    double seconds,
    long memoryBytes,
    List<Integer> samples,
    List<Double> microLosses) {
  /** Copies the lists. */
  public StepMetrics {
    samples = List.copyOf(samples);
    microLosses = List.copyOf(microLosses);
  }

  /** Returns ids per second. */
  public double tokensPerSecond() {
    return tokens / seconds;
  }
}
