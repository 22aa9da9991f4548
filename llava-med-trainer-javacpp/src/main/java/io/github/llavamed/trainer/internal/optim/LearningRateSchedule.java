package io.github.llavamed.trainer.internal.optim;

import io.github.llavamed.training.LrSchedulerType;

/**
 * The learning rate of each step: a linear warm-up, then a decay. A pure function of the step.
 *
 * @param type the decay
 * @param learningRate the peak
 * @param warmupSteps steps of the warm-up, at least 0
 * @param totalSteps steps of the run
 */
public record LearningRateSchedule(
    LrSchedulerType type, double learningRate, long warmupSteps, long totalSteps) {
  /** Returns the rate of the step after {@code done} steps: 0 for the first one of a warm-up. */
  public double at(long done) {
    return learningRate * factor(done);
  }

  private double factor(long done) {
    if (done < warmupSteps && type != LrSchedulerType.CONSTANT) {
      return (double) done / Math.max(1, warmupSteps);
    }
    double span = Math.max(1, totalSteps - warmupSteps);
    return switch (type) {
      case COSINE -> Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((done - warmupSteps) / span))));
      case LINEAR -> Math.max(0, (totalSteps - done) / span);
      case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
    };
  }
}
