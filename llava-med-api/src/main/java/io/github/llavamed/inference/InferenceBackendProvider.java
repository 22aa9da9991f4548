package io.github.llavamed.inference;

import java.util.Optional;

/**
 * Entry point of a backend, found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations have a public no-argument constructor and load nothing native before {@link
 * #probe()} or {@link #create}.
 */
public interface InferenceBackendProvider {
  /** The version of this interface that a provider compiled against it states. */
  int SPI_VERSION = 1;

  /** Returns the name that users type, for example {@code onnx-cpu}; unique, never blank. */
  String id();

  /** Returns the rank among available backends when the user names none; larger wins. */
  int priority();

  /**
   * Returns {@link #SPI_VERSION} as it was when the provider was compiled: implementations write
   * {@code return InferenceBackendProvider.SPI_VERSION;}, which the compiler makes a constant.
   */
  int spiVersion();

  /** Says whether the backend can run here, or why not; never throws. */
  BackendStatus probe();

  /**
   * Says in one line which precision it would take here for a model of seven billion weights if
   * nobody asked for one, and why; asked only where it can run.
   */
  default Optional<String> precisionAdvice() {
    return Optional.empty();
  }

  /**
   * Makes a backend for one model. The caller closes it, and closes {@code model} after it.
   *
   * @throws io.github.llavamed.error.LlavaMedException if the model or an option is not supported
   */
  InferenceBackend create(ModelArtifacts model, BackendOptions options);
}
