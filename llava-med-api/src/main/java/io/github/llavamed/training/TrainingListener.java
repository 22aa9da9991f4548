package io.github.llavamed.training;

import java.nio.file.Path;

/** Is told how a training run goes. Every method does nothing unless it is overridden. */
public interface TrainingListener {
  /** Ignores everything. */
  TrainingListener NONE = new TrainingListener() {};

  /** Called once, before the first step. */
  default void started(TrainingPlan plan) {}

  /** Called after each optimiser step. */
  default void stepCompleted(StepMetrics metrics) {}

  /** Called when a checkpoint or the result is complete on disk. */
  default void saved(long step, Path path) {}

  /** Called for what a person should know: a sample left out, a damaged checkpoint passed over. */
  default void warned(String message) {}
}
