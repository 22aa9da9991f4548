package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.internal.JsonFile;
import io.github.llavamed.weights.MissingTensorsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An opened model: its tensors in the original's order and its raw configuration.
 *
 * <p>The opener closes it. Safe for concurrent reads.
 */
final class ModelDirectory implements AutoCloseable {
  private static final Pattern META_WEIGHTS = Pattern.compile("consolidated\\.\\d+\\.pth");

  private final Path path;
  private final Checkpoint checkpoint;
  private final ObjectNode config;
  private final List<String> names;

  private ModelDirectory(Path path, Checkpoint checkpoint, ObjectNode config) {
    this.path = path;
    this.checkpoint = checkpoint;
    this.config = config;
    this.names = StateDictOrder.sorted(checkpoint.tensors().keySet());
  }

  /**
   * Opens a model and checks that it is complete.
   *
   * @throws NoSuchFileException if there is no such directory, configuration or weight file
   * @throws UnsupportedModelException if it is a LLaMA model in the layout of its publisher
   * @throws MissingTensorsException if tensors are missing
   */
  static ModelDirectory open(Path path, CheckpointLimits limits) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new NoSuchFileException(
          path.toString(),
          null,
          "expected the directory of a model; names of a hub are not looked up");
    }
    Path file = path.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw missingConfig(path, file);
    }
    ObjectNode config = JsonFile.read(file, ConfigLimits.defaults());
    Checkpoint checkpoint = Checkpoint.open(path, limits);
    try {
      ModelDirectory model = new ModelDirectory(path, checkpoint, config);
      List<String> missing = RequiredTensors.missing(model);
      if (!missing.isEmpty()) {
        throw new MissingTensorsException(path, missing);
      }
      return model;
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static RuntimeException missingConfig(Path path, Path file) throws IOException {
    boolean meta = Files.exists(path.resolve("params.json"));
    try (Stream<Path> files = Files.list(path)) {
      meta |= files.anyMatch(f -> META_WEIGHTS.matcher(f.getFileName().toString()).matches());
    }
    if (meta) {
      return new UnsupportedModelException(
          path
              + ": expected a model in the Hugging Face layout with a config.json, found the layout"
              + " in which LLaMA is published (params.json, consolidated.NN.pth); convert it first"
              + " with convert_llama_weights_to_hf.py of the transformers library");
    }
    throw new NoSuchFileException(
        file.toString(), null, "expected a model in the Hugging Face layout");
  }

  Path path() {
    return path;
  }

  ObjectNode config() {
    return config;
  }

  /** Returns the names of all tensors, in the order of the original's model. */
  List<String> names() {
    return names;
  }

  boolean has(String name) {
    return checkpoint.tensors().containsKey(name);
  }

  TensorInfo info(String name) {
    return tensor(name).info();
  }

  TensorData tensor(String name) {
    return checkpoint.tensor(name);
  }

  /** Returns {@code model_type}, empty if there is none. */
  String modelType() {
    return config.path("model_type").asText("");
  }

  /** Returns whether the configuration nests that of the decoder, as Hugging Face's LLaVA does. */
  boolean isNested() {
    return config.path("text_config").isObject();
  }

  boolean hasProjector() {
    return names.stream().anyMatch(name -> name.startsWith("model.mm_projector."));
  }

  /** Returns the part of the configuration that describes the decoder. */
  JsonNode decoderConfig() {
    return isNested() ? config.path("text_config") : config;
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
