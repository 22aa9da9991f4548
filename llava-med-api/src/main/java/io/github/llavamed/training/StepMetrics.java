package io.github.llavamed.training;

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
 */
public record StepMetrics(
    long step,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    long tokens,
    long trainedTokens,
    double seconds) {
  /** Returns ids per second. */
  public double tokensPerSecond() {
    return tokens / seconds;
  }
}
