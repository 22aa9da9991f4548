package io.github.llavamed.weights;

import java.nio.file.Path;
import java.util.List;

/** Thrown when the files of a model lack tensors that its configuration asks for. */
public final class MissingTensorsException extends IncompatibleWeightsException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> names;

  /**
   * Creates the exception.
   *
   * @param directory the model
   * @param names all that is missing
   */
  public MissingTensorsException(Path directory, List<String> names) {
    super(
        "%s: %d tensors that config.json asks for are missing (the original would use random values): %s; complete the download or conversion"
            .formatted(directory, names.size(), String.join(", ", names)));
    this.names = List.copyOf(names);
  }

  /** Returns the names of the missing tensors. */
  public List<String> names() {
    return names;
  }
}
