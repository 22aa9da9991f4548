package io.github.llavamed.onnx.internal.store;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.ModelArtifacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The directories in which exports of a model are looked for, and the one where a new one goes.
 *
 * @param searched looked through in this order
 * @param target where a new export is written
 */
public record ExportPlaces(List<Path> searched, Path target) {
  private static final String BESIDE_MODEL = ".llavamed";

  /** Copies the list. */
  public ExportPlaces {
    searched = List.copyOf(searched);
  }

  /**
   * Returns the places for a model: the caller's cache directory if given; otherwise {@code
   * .llavamed} in the model's directory if someone exported there, else {@code ~/.cache/llava-med}.
   * Model directories are never written to unasked.
   */
  public static ExportPlaces of(ModelArtifacts model, BackendOptions options) {
    Path cache = options.cacheDirectory();
    if (cache != null) {
      return new ExportPlaces(List.of(cache), cache);
    }
    Path beside = model.directory().resolve(BESIDE_MODEL);
    Path user = Path.of(System.getProperty("user.home"), ".cache", "llava-med");
    List<Path> searched = Files.isDirectory(beside) ? List.of(beside, user) : List.of(user);
    return new ExportPlaces(searched, user);
  }
}
