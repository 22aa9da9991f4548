package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.ConfigRepair;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a run's model: that of the start, with what training writes into it.
 *
 * @param json what becomes {@code config.json} of the result; must not be changed
 * @param languageModel the decoder
 * @param llava the whole model, or null for a decoder alone
 * @param processor the file that says how images are prepared, or null for CLIP's numbers
 */
record StartConfig(
    ObjectNode json,
    LanguageModelConfig languageModel,
    @Nullable LlavaConfig llava,
    @Nullable Path processor) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "config.json";

  /** Returns whether the model has all its parts in its checkpoint: v1.5 and Hugging Face. */
  boolean isComplete() {
    return llava != null && llava.family() != ModelFamily.LLAVA_V1_0;
  }

  /**
   * Reads the start's configuration and gives it a tower if there is one.
   *
   * @param rows rows of the embedding after tokens were added
   * @throws UnsupportedModelException if the start is not a LLaMA or v1.0.0 checkpoint
   */
  static StartConfig of(TrainingConfig training, int rows) throws IOException {
    Path file = training.modelNameOrPath().resolve(FILE);
    JsonNode read = JSON.readTree(Files.readAllBytes(file));
    String type = read.path("model_type").asText();
    if (!(read instanceof ObjectNode json) || !(type.equals("llama") || type.equals("llava"))) {
      throw new UnsupportedModelException(
          "%s: 'model_type': expected 'llama', 'llava' or 'llava_mistral' to train, found '%s'"
              .formatted(file, type));
    }
    json.put("vocab_size", rows);
    json.put("use_cache", false);
    json.put("torch_dtype", "float32");
    Path tower = training.visionTower();
    if (training.tuneMmMlpAdapter() && tower == null) {
      throw new IllegalArgumentException(
          "tuneMmMlpAdapter: expected a visionTower, found none; a projector needs one");
    }
    ConfigOptions options = ConfigOptions.defaults();
    if (tower == null) {
      Set<ConfigRepair> repairs =
          Set.of(ConfigRepair.UPGRADE_MODEL_TYPE, ConfigRepair.ADD_VISION_TOWER);
      LlavaConfig config = readAs(json, options.withRepairs(repairs));
      return new StartConfig(json, config.languageModel(), null, null);
    }
    json.put("model_type", "llava");
    json.putArray("architectures").add("LlavaLlamaForCausalLM");
    json.put("mm_vision_tower", tower.toString());
    json.put("use_mm_proj", true);
    json.put("mm_hidden_size", towerWidth(tower));
    json.put("mm_vision_select_layer", training.mmVisionSelectLayer());
    json.put("mm_use_im_start_end", training.mmUseImStartEnd());
    json.put("tune_mm_mlp_adapter", training.tuneMmMlpAdapter());
    json.put("freeze_mm_mlp_adapter", training.freezeMmMlpAdapter());
    LlavaConfig config = readAs(json, options.withVisionTowerDirectory(tower.toAbsolutePath()));
    Path processor = tower.resolve("preprocessor_config.json");
    return new StartConfig(
        json, config.languageModel(), config, Files.exists(processor) ? processor : null);
  }

  /** Reads the number of columns from the tower's class token. */
  private static long towerWidth(Path tower) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(tower)) {
      for (TensorInfo info : checkpoint.tensors().values()) {
        if (info.name().endsWith("vision_model.embeddings.class_embedding")
            || info.name().endsWith("visual.trunk.cls_token")) {
          return info.shape().dim(info.shape().rank() - 1);
        }
      }
    }
    throw new UnsupportedModelException(
        tower + ": expected a CLIP or BiomedCLIP tower, found no class token");
  }

  /** Only the reader knows all rules, and it reads files. */
  private static LlavaConfig readAs(ObjectNode json, ConfigOptions options) throws IOException {
    Path directory = Files.createTempDirectory("llavamed-config");
    Path file = directory.resolve(FILE);
    try {
      JSON.writeValue(file.toFile(), json);
      return LlavaConfigReader.read(directory, options).config();
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }
}
