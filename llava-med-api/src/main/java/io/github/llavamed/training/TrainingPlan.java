package io.github.llavamed.training;

import java.util.List;

/**
 * What a run is about to do. Immutable.
 *
 * @param samples number of samples in the data file
 * @param microBatchesPerEpoch micro-batches of an epoch
 * @param totalSteps optimiser steps of the whole run
 * @param firstStep the step that comes first, counted from 1; above 1 when a run goes on
 * @param trainable names of the tensors that are trained
 * @param trainableParameters number of their elements
 */
public record TrainingPlan(
    int samples,
    long microBatchesPerEpoch,
    long totalSteps,
    long firstStep,
    List<String> trainable,
    long trainableParameters) {
  /** Copies the list. */
  public TrainingPlan {
    trainable = List.copyOf(trainable);
  }
}
