package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.training.TrainingConfig;

/**
 * When a run takes its optimiser steps, by the counting of the original's library.
 *
 * @param microBatchesPerEpoch micro-batches of an epoch, ≥ 1
 * @param accumulation micro-batches of a step
 * @param totalSteps steps of the run
 */
record StepPlan(long microBatchesPerEpoch, int accumulation, long totalSteps) {
  static StepPlan of(int allSamples, TrainingConfig config) {
    long perEpoch = microBatchesPerEpoch(allSamples, config.ranks().worldSize(), config);
    if (perEpoch == 0) {
      throw new IllegalArgumentException(
          "dataloaderDropLast: a process's share of %d samples is less than one batch of %d"
              .formatted(allSamples, config.perDeviceTrainBatchSize()));
    }
    int accumulation = config.gradientAccumulationSteps();
    long stepsPerEpoch = Math.max(1, perEpoch / accumulation);
    long total =
        config.maxSteps() > 0
            ? config.maxSteps()
            : (long) Math.ceil(config.numTrainEpochs() * stepsPerEpoch);
    return new StepPlan(perEpoch, accumulation, total);
  }

  /** Returns the micro-batches of an epoch for each of some ranks, which share the samples. */
  static long microBatchesPerEpoch(int allSamples, int ranks, TrainingConfig config) {
    int batch = config.perDeviceTrainBatchSize();
    long samples = (allSamples + (long) ranks - 1) / ranks;
    return config.dataloaderDropLast() ? samples / batch : (samples + batch - 1) / batch;
  }

  long stepsPerEpoch() {
    return Math.max(1, microBatchesPerEpoch / accumulation);
  }

  /**
   * Returns whether a step follows a micro-batch.
   *
   * @param number the micro-batch's number over all epochs, from 0
   * @param counted micro-batches counted for the accumulation, this one included
   */
  boolean endsStep(long number, long counted) {
    boolean lastOfEpoch = (number + 1) % microBatchesPerEpoch == 0;
    return counted % accumulation == 0 || (microBatchesPerEpoch <= accumulation && lastOfEpoch);
  }

  /** Returns the micro-batch at which the original goes on after some steps. */
  long legacyPosition(long steps) {
    return steps / stepsPerEpoch() * microBatchesPerEpoch + steps % stepsPerEpoch() * accumulation;
  }

  long warmupSteps(TrainingConfig config) {
    return config.warmupSteps() > 0
        ? config.warmupSteps()
        : (long) Math.ceil(totalSteps * config.warmupRatio());
  }
}
