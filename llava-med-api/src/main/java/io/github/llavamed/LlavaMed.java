package io.github.llavamed;

import io.github.llavamed.inference.BackendRegistry;
import io.github.llavamed.internal.ModelOpening;
import io.github.llavamed.internal.SystemInspection;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Entry point: loads models, and says what can run here.
 *
 * <p>Research use only, not for clinical use. Stateless; safe for concurrent use.
 */
public final class LlavaMed {
  private LlavaMed() {}

  /**
   * Loads a model by default options.
   *
   * <p>It runs on the backend that the system property {@code llavamed.backend} names, otherwise on
   * the one of highest priority that can run here.
   *
   * @param directory a checkpoint directory of any supported family
   * @return the model, which the caller closes
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.inference.BackendUnavailableException if no backend can run here
   * @throws io.github.llavamed.error.LlavaMedException if the checkpoint is damaged, incomplete or
   *     not supported
   */
  public static VisionLanguageModel load(Path directory) throws IOException {
    return load(directory, LoadOptions.defaults());
  }

  /**
   * Loads a model.
   *
   * @param directory a checkpoint directory of any supported family
   * @return the model, which the caller closes
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.inference.BackendUnavailableException if the named backend, or any,
   *     cannot run here
   * @throws io.github.llavamed.error.LlavaMedException if the checkpoint is damaged, incomplete or
   *     not supported, or the backend does not support an option
   */
  public static VisionLanguageModel load(Path directory, LoadOptions options) throws IOException {
    return ModelOpening.open(directory, options, BackendRegistry.load());
  }

  /** Looks at library, Java, machine and backends; loads no model and never fails. */
  public static Diagnosis diagnose() {
    return new Diagnosis(
        SystemInspection.libraryVersion(),
        SystemInspection.java(),
        SystemInspection.machine(),
        BackendRegistry.load().reports());
  }
}
