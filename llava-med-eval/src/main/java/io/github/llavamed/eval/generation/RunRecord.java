package io.github.llavamed.eval.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.text.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How the answers of a file were made: settings, and the hash of the model. Immutable.
 *
 * <p>Kept beside the answers file, whose own lines are the original's, and stated by score files.
 *
 * @param settings generation settings by name
 * @param hashes SHA-256 by name: {@code model}
 */
public record RunRecord(Map<String, String> settings, Map<String, String> hashes) {
  /** Nothing is known. */
  public static final RunRecord NONE = new RunRecord(Map.of(), Map.of());

  private static final List<String> MODEL_FILES =
      List.of(".safetensors", ".bin", ".json", ".model", ".txt");

  /** Copies the maps. */
  public RunRecord {
    settings = Map.copyOf(settings);
    hashes = Map.copyOf(hashes);
  }

  /** Returns the record of a recipe and a model. */
  public static RunRecord of(AnswerRecipe recipe, String modelId, String modelHash) {
    GenerationSettings chosen = recipe.settings();
    Map<String, String> settings = new TreeMap<>();
    settings.put("model", modelId);
    settings.put("program", recipe.program().name());
    settings.put("release", recipe.release().name());
    settings.put("template", recipe.templateName());
    settings.put("answer_prompter", Boolean.toString(recipe.answerPrompter()));
    settings.put("temperature", Double.toString(chosen.temperature()));
    settings.put("top_p", String.valueOf(chosen.topP()));
    settings.put("num_beams", Integer.toString(chosen.numBeams()));
    settings.put("max_new_tokens", Integer.toString(chosen.maxNewTokens()));
    settings.put("seed", Long.toString(chosen.seed()));
    return new RunRecord(settings, Map.of("model", modelHash));
  }

  /**
   * Returns the SHA-256 of the names and hashes of a checkpoint's weight, configuration and
   * tokenizer files, sorted by name.
   *
   * @param checkpoint a directory
   */
  public static String hashOf(Path checkpoint) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(checkpoint)) {
      files = entries.filter(RunRecord::isModelFile).sorted().toList();
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

  /** Returns the place of an answers file's record. */
  public static Path fileOf(Path answers) {
    return answers.resolveSibling(answers.getFileName() + ".run.json");
  }

  /** Writes the record beside an answers file, whole or not at all. */
  public void write(Path answers) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode chosen = json.putObject("settings");
    new TreeMap<>(settings).forEach(chosen::put);
    ObjectNode sums = json.putObject("sha256");
    new TreeMap<>(hashes).forEach(sums::put);
    Path file = fileOf(answers);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, PythonJson.indented(json) + "\n");
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads the record of an answers file; {@link #NONE} where there is none.
   *
   * @throws EvaluationException if the record is not one
   */
  public static RunRecord read(Path answers, EvaluationOptions options) throws IOException {
    Path file = fileOf(answers);
    if (!Files.exists(file)) {
      return NONE;
    }
    JsonNode json = new JsonFiles(options).tree(file);
    return new RunRecord(
        texts(json.path("settings"), file, "settings"), texts(json.path("sha256"), file, "sha256"));
  }

  private static Map<String, String> texts(JsonNode object, Path file, String key) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new EvaluationException(
            file
                + ": expected a text at "
                + key
                + "."
                + entry.getKey()
                + ", found "
                + entry.getValue()
                + "; remove the file or make the answers again");
      }
      texts.put(entry.getKey(), entry.getValue().textValue());
    }
    return texts;
  }
}
