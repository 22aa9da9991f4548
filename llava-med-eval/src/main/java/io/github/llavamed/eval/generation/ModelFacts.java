package io.github.llavamed.eval.generation;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.eval.internal.text.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the record of a run says of the model: what it ran on, which files it was. Immutable.
 *
 * @param settings by name: {@code backend}, {@code precision}, {@code vision_tower}
 * @param hashes SHA-256 by name: {@code model}, and {@code vision_tower} if it is not part of it
 * @param versions by name of the library that computes, for example {@code ONNX Runtime}
 */
public record ModelFacts(
    Map<String, String> settings, Map<String, String> hashes, Map<String, String> versions) {
  /** Nothing is known of the model. */
  public static final ModelFacts NONE = new ModelFacts(Map.of(), Map.of(), Map.of());

  private static final List<String> MODEL_FILES =
      List.of(".safetensors", ".bin", ".json", ".model", ".txt");

  /** Copies the maps. */
  public ModelFacts {
    settings = Map.copyOf(settings);
    hashes = Map.copyOf(hashes);
    versions = Map.copyOf(versions);
  }

  /** Finds out; called when the first question is about to be asked. */
  @FunctionalInterface
  public interface Source {
    /**
     * Returns the facts.
     *
     * @throws IOException if the model's files cannot be read
     */
    ModelFacts facts() throws IOException;
  }

  /**
   * Returns the facts of a loaded model. Reads all its files, which takes as long as that.
   *
   * @param checkpoint the directory it was loaded from
   */
  public static ModelFacts of(VisionLanguageModel model, Path checkpoint) throws IOException {
    Optional<Path> tower = model.visionTowerDirectory();
    Map<String, String> hashes = new TreeMap<>();
    hashes.put("model", hashOf(checkpoint));
    if (tower.isPresent()) {
      hashes.put("vision_tower", hashOf(tower.get()));
    }
    Map<String, String> settings =
        Map.of(
            "backend",
            model.backendId(),
            "precision",
            model.precision().id(),
            "vision_tower",
            tower.isPresent() ? "separate" : "checkpoint");
    Map<String, String> versions = new TreeMap<>();
    model.runtime().ifPresent(runtime -> versions.put(runtime.name(), runtime.version()));
    return new ModelFacts(settings, hashes, versions);
  }

  /**
   * Returns the SHA-256 of the names and hashes of a directory's weight, configuration and
   * tokenizer files, sorted by name: the digest of what {@code sha256sum} prints of them.
   *
   * @param directory a checkpoint or a vision tower
   */
  public static String hashOf(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(ModelFacts::isModelFile).sorted().toList();
    }
    StringBuilder lines = new StringBuilder();
    for (Path file : files) {
      lines.append(Sha256.of(file)).append("  ").append(file.getFileName()).append('\n');
    }
    return Sha256.ofText(lines.toString());
  }

  private static boolean isModelFile(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && MODEL_FILES.stream().anyMatch(name::endsWith);
  }
}
