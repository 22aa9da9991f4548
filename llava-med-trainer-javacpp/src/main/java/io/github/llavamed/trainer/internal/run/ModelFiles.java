package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.weights.VocabularyInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Writes the files of a model directory: weights, configuration, tokenizer. */
final class ModelFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COPIED = List.of("tokenizer.model", "generation_config.json");
  private static final List<String> COMPLETE_COPIED =
      List.of(
          "tokenizer.model",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "generation_config.json",
          "preprocessor_config.json",
          "processor_config.json",
          "chat_template.jinja",
          "chat_template.json");

  /** In the names of all tensors of a stored tower, those included that no model uses. */
  private static final String STORED_TOWER = "vision_tower.";

  private final TrainingConfig training;
  private final StartModel model;
  private final ParameterLayout layout;

  ModelFiles(TrainingConfig training, StartModel model, ParameterLayout layout) {
    this.training = training;
    this.model = model;
    this.layout = layout;
  }

  /**
   * Writes everything that loading the model takes, as float32; a stored tower as it is.
   *
   * @param directory where, or null on a rank that only sends its slices
   */
  void writeModel(@Nullable Path directory) throws IOException {
    if (directory == null) {
      takePart();
      return;
    }
    Files.createDirectories(directory);
    if (model.config().isComplete()) {
      writeComplete(directory);
    } else {
      writeParts(directory);
    }
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve("config.json").toFile(), model.config().json());
  }

  private void writeParts(Path directory) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    for (String name : modelNames()) {
      specs.add(TensorTransfer.spec(model.names().toDisk(name), model.params().get(name)));
    }
    try (CheckpointWriter writer =
        CheckpointWriter.toDirectory(directory, specs).overwrite(true).open()) {
      for (String name : modelNames()) {
        writeMerged(writer, name, model.names().toDisk(name));
      }
      writer.commit();
    }
    writeTokenizer(directory);
  }

  /** Writes what the start holds, with what was trained in the place of what it was. */
  private void writeComplete(Path directory) throws IOException {
    try (Checkpoint start = Checkpoint.open(training.modelNameOrPath())) {
      List<TensorSpec> specs = new ArrayList<>();
      for (TensorInfo info : start.tensors().values()) {
        String name = model.names().toCanonical(info.name());
        if (isTrainedPart(name)) {
          specs.add(TensorTransfer.spec(info.name(), model.params().get(name)));
        } else if (model.storedTower() || !info.name().contains(STORED_TOWER)) {
          specs.add(new TensorSpec(info.name(), info.dtype(), info.shape()));
        }
      }
      try (CheckpointWriter writer =
          CheckpointWriter.toDirectory(directory, specs).overwrite(true).open()) {
        for (TensorSpec spec : specs) {
          String name = model.names().toCanonical(spec.name());
          if (isTrainedPart(name)) {
            writeMerged(writer, name, spec.name());
          } else {
            writer.copy(spec.name(), start.tensor(spec.name()));
          }
        }
        writer.commit();
      }
    }
    copy(COMPLETE_COPIED, directory);
  }

  private void writeMerged(CheckpointWriter writer, String name, String stored) throws IOException {
    List<String> parts = lora().partsOf(name);
    layout.acquireExact(parts);
    try (Tensor merged = lora().merged(name)) {
      TensorTransfer.write(writer, stored, merged);
    }
    layout.release(parts);
  }

  private boolean isTrainedPart(String name) {
    return model.params().contains(name) && !StartModel.isTower(name);
  }

  private LoraPairs lora() {
    return LoraPairs.in(model.params(), training);
  }

  /** Sends this rank's slices in the order in which the main rank writes. */
  private void takePart() throws IOException {
    if (!model.config().isComplete()) {
      modelNames().forEach(name -> takePart(lora().partsOf(name)));
      return;
    }
    try (Checkpoint start = Checkpoint.open(training.modelNameOrPath())) {
      start.tensors().keySet().stream()
          .map(model.names()::toCanonical)
          .filter(this::isTrainedPart)
          .forEach(name -> takePart(lora().partsOf(name)));
    }
  }

  private void takePart(List<String> names) {
    layout.acquireExact(names);
    layout.release(names);
  }

  private List<String> modelNames() {
    return model.params().names().stream()
        .filter(name -> !StartModel.isTower(name) && !LoraPairs.isPart(name))
        .toList();
  }

  /**
   * Writes some tensors to a file, under the names that {@code rename} gives them.
   *
   * @param file which, or null on a rank that only sends its slices
   */
  void writeTensors(@Nullable Path file, List<String> names, UnaryOperator<String> rename)
      throws IOException {
    if (file == null) {
      names.forEach(name -> takePart(List.of(name)));
      return;
    }
    ParamStore params = model.params();
    List<TensorSpec> specs =
        names.stream().map(n -> TensorTransfer.spec(rename.apply(n), params.get(n))).toList();
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, specs).overwrite(true).open()) {
      for (String name : names) {
        layout.acquireExact(List.of(name));
        TensorTransfer.write(writer, rename.apply(name), params.get(name));
        layout.release(List.of(name));
      }
      writer.commit();
    }
  }

  /**
   * Writes the low-rank additions as the peft library does.
   *
   * @param directory where, or null on a rank that only sends its slices
   */
  void writeLora(@Nullable Path directory) throws IOException {
    List<String> names = model.params().names().stream().filter(LoraPairs::isPart).toList();
    writeTensors(
        directory == null ? null : directory.resolve(LoraPairs.WEIGHTS),
        names,
        name -> LoraPairs.toPeft(model.names().toDisk(name)));
    if (directory != null) {
      LoraPairs.writeSettings(directory, training);
    }
  }

  private void writeTokenizer(Path directory) throws IOException {
    Path from = training.modelNameOrPath();
    copy(COPIED, directory);
    Tokenizer tokenizer = model.tokens().tokenizer();
    ObjectNode settings = read(from.resolve("tokenizer_config.json"));
    settings.put("model_max_length", training.modelMaxLength());
    settings.put("padding_side", "right");
    write(directory.resolve("tokenizer_config.json"), settings);
    ObjectNode special = read(from.resolve("special_tokens_map.json"));
    special.put("pad_token", tokenizer.tokenOf(model.tokens().padId()));
    if (model.tokens().bosToken() != null) {
      special.put("bos_token", model.tokens().bosToken());
    }
    write(directory.resolve("special_tokens_map.json"), special);
    Map<String, Integer> added = new TreeMap<>();
    read(from.resolve("added_tokens.json"))
        .properties()
        .forEach(e -> added.put(e.getKey(), e.getValue().intValue()));
    for (String token :
        List.of(
            VocabularyInitializer.PAD,
            VocabularyInitializer.IM_PATCH,
            VocabularyInitializer.IM_START,
            VocabularyInitializer.IM_END)) {
      tokenizer.idOf(token).ifPresent(id -> added.put(token, id));
    }
    write(directory.resolve("added_tokens.json"), JSON.valueToTree(added));
  }

  private void copy(List<String> names, Path directory) throws IOException {
    Path from = training.modelNameOrPath();
    for (String name : names) {
      if (Files.exists(from.resolve(name))) {
        Files.copy(
            from.resolve(name), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static ObjectNode read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return JSON.createObjectNode();
    }
    return (ObjectNode) JSON.readTree(Files.readAllBytes(file));
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
