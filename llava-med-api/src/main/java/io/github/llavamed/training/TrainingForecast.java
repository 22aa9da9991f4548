package io.github.llavamed.training;

import java.util.List;

/**
 * What a run would do and need, worked out without running it. Immutable.
 *
 * @param plan samples, steps, what is trained
 * @param stepsPerEpoch optimiser steps of an epoch
 * @param warmupSteps steps in which the learning rate rises
 * @param groups all tensors, by part of the model and treatment
 * @param data what is in the data file
 * @param memory bytes of each rank; an estimate
 */
public record TrainingForecast(
    TrainingPlan plan,
    long stepsPerEpoch,
    long warmupSteps,
    List<TensorGroup> groups,
    DataSummary data,
    MemoryEstimate memory) {
  /** Copies the list. */
  public TrainingForecast {
    groups = List.copyOf(groups);
  }

  /**
   * Tensors of one part that are treated alike.
   *
   * @param part the part of the model
   * @param trained whether they are trained
   * @param decays whether weight decay applies to them; false for frozen ones
   * @param tensors number of tensors
   * @param parameters number of their elements
   */
  public record TensorGroup(
      String part, boolean trained, boolean decays, int tensors, long parameters) {}

  /**
   * What a look at every sample tells; images are looked for, not decoded.
   *
   * @param samples number of samples
   * @param withImage those that name an image
   * @param distinctImages number of different images
   * @param unusable one message for each sample that cannot be used
   */
  public record DataSummary(int samples, int withImage, int distinctImages, List<String> unusable) {
    /** Copies the list. */
    public DataSummary {
      unusable = List.copyOf(unusable);
    }
  }

  /**
   * Memory of one rank in bytes, for a micro-batch of the longest samples that settings allow. The
   * allocator's own losses, the JVM's heap and the libraries are not counted.
   *
   * @param weights all tensors as they are kept; those that are trained are in float32
   * @param gradients of what is trained, float32
   * @param optimizer both moments of what is trained, float32
   * @param activations what a pass keeps if every layer keeps its inside
   * @param recomputedActivations what it keeps if layers are computed again
   * @param recompute which of the two the run does
   */
  public record MemoryEstimate(
      long weights,
      long gradients,
      long optimizer,
      long activations,
      long recomputedActivations,
      boolean recompute) {
    /** Returns the sum for this run. */
    public long total() {
      return weights + gradients + optimizer + (recompute ? recomputedActivations : activations);
    }
  }
}
