package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingFlags;
import io.github.llavamed.training.TrainingQuirks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One run of the original: its command line, the order of its samples, and what came out. */
record TrainingCase(String name, JsonNode definition, JsonNode order, JsonNode expected) {
  static final Path FOLDER = GoldenFolder.of("train");
  private static final Set<String> PATHS =
      Set.of(
          "model_name_or_path",
          "data_path",
          "image_folder",
          "vision_tower",
          "pretrain_mm_mlp_adapter");

  static List<TrainingCase> all() {
    try (Stream<Path> folders = Files.list(FOLDER.resolve("cases"))) {
      return folders.filter(Files::isDirectory).sorted().map(TrainingCase::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrainingCase read(Path folder) {
    Path order = folder.resolve("order.json");
    return new TrainingCase(
        folder.getFileName().toString(),
        GoldenFolder.json(folder.resolve("case.json")),
        Files.exists(order) ? GoldenFolder.json(order) : null,
        GoldenFolder.json(folder.resolve("expected.json")));
  }

  boolean hasSteps() {
    return order != null && expected.has("steps");
  }

  int processes() {
    return definition.get("processes").intValue();
  }

  long firstStep() {
    return order.get("first_step").longValue();
  }

  boolean isResumed() {
    return firstStep() > 1;
  }

  boolean isBf16() {
    return arguments().getOrDefault("bf16", "False").equals("True");
  }

  Map<String, String> arguments() {
    Map<String, String> arguments = new TreeMap<>();
    definition
        .get("arguments")
        .properties()
        .forEach(e -> arguments.put(e.getKey(), e.getValue().asText()));
    return arguments;
  }

  /** Returns the run that this one goes on with: the same command line from the start. */
  TrainingCase original() {
    return all().stream()
        .filter(other -> other.hasSteps() && !other.isResumed())
        .filter(other -> other.arguments().equals(arguments()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + ": no case with the same arguments"));
  }

  Path file(String file) {
    return FOLDER.resolve("cases").resolve(name).resolve(file);
  }

  TrainingConfig.Builder config(Path outputDir, Path orderFile) {
    TrainingConfig.Builder builder =
        TrainingConfig.builder()
            .outputDir(outputDir)
            .orderFile(orderFile)
            .quirks(TrainingQuirks.ALL)
            .adapterOnly(false)
            .threads(1)
            .seed(42);
    arguments()
        .forEach(
            (flag, value) ->
                TrainingFlags.apply(
                    builder, flag, PATHS.contains(flag) ? FOLDER.resolve(value) + "" : value));
    if (Files.exists(file("init.safetensors"))) {
      builder.initialTensors(file("init.safetensors"));
    }
    return builder;
  }

  Checkpoint open(String file) throws IOException {
    return Checkpoint.open(file(file));
  }

  @Override
  public String toString() {
    return name;
  }
}
