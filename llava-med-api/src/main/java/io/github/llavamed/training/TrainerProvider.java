package io.github.llavamed.training;

import io.github.llavamed.inference.BackendStatus;

/**
 * Entry point of a trainer, found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations have a public no-argument constructor and load nothing native before {@link
 * #probe()} or {@link #create()}.
 */
public interface TrainerProvider {
  /** Returns the name that users type, for example {@code libtorch}; unique, never blank. */
  String id();

  /** Says whether the trainer can run here, or why not; never throws. */
  BackendStatus probe();

  /**
   * Makes a trainer.
   *
   * @throws io.github.llavamed.inference.BackendUnavailableException if it cannot run here
   */
  Trainer create();
}
