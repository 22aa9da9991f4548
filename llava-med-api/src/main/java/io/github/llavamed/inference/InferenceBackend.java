package io.github.llavamed.inference;

import io.github.llavamed.image.PixelValues;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model on a device: encodes images and opens decoder sessions.
 *
 * <p>Safe for concurrent use. Owns native memory; {@link #close()} is idempotent, and every other
 * method then throws {@link IllegalStateException}.
 */
public interface InferenceBackend extends AutoCloseable {
  /** Returns the provider's id. */
  String id();

  /** Returns the precision that runs. */
  Precision precision();

  /** Returns where the weights are kept; empty if the backend leaves no choice. */
  default Optional<WeightPlacement> weightPlacement() {
    return Optional.empty();
  }

  /** Returns the library that computes, for the record of a run; empty if there is none to name. */
  default Optional<BackendRuntime> runtime() {
    return Optional.empty();
  }

  /**
   * Returns how many bytes of weights, with scales and whatever else belongs to them, a new token
   * reads, to be compared with the rate of memory; empty where the backend does not know. The
   * key/value cache is not among them.
   */
  default OptionalLong bytesPerToken() {
    return OptionalLong.empty();
  }

  /** Encodes one image: tower, layer selection, projector. */
  ImageFeatures encode(PixelValues pixelValues);

  /**
   * Opens a session for one sequence; the caller closes it.
   *
   * @param capacity positions that the sequence may reach at most; a backend may allocate as it
   *     grows
   */
  DecoderSession openSession(int capacity);

  /**
   * Runs one forward pass and returns every intermediate result.
   *
   * @throws UnsupportedOperationException if the backend cannot show them
   */
  default ForwardTrace trace(List<PixelValues> images, List<InputSegment> segments) {
    throw new UnsupportedOperationException(
        "backend '" + id() + "' cannot show intermediate results; use another --backend");
  }

  @Override
  void close();
}
