package io.github.llavamed.demo.training;

import io.github.llavamed.training.TrainingListener;

/** Is told how the training of the demo model goes. Every method does nothing by default. */
public interface DemoTrainingListener {
  /** Called before a stage begins, or goes on; returns who is told of its steps. */
  default TrainingListener started(DemoStage stage) {
    return TrainingListener.NONE;
  }

  /** Called after a stage. */
  default void finished(DemoStage stage, double seconds) {}

  /** Called in place of {@link #started} for a stage that was finished by an earlier run. */
  default void skipped(DemoStage stage) {}

  /** Called for what a person should know. */
  default void said(String message) {}
}
