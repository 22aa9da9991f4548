package io.github.llavamed.trainer.internal.pretrain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Writes and restores the state of a tower's training, and writes the tower. */
final class TowerFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHECKPOINT = "tower-checkpoint.safetensors";
  private static final String STEP = "step";
  private static final String SEED = "seed";
  private static final String EXP_AVG = "exp_avg.";
  private static final String EXP_AVG_SQ = "exp_avg_sq.";

  private final TowerTrainingConfig config;
  private final ParamStore params;
  private final AdamW optimizer;

  TowerFiles(TowerTrainingConfig config, ParamStore params, AdamW optimizer) {
    this.config = config;
    this.params = params;
    this.optimizer = optimizer;
  }

  /** Writes weights and optimiser state in place of the last checkpoint, and returns the file. */
  Path save(long step) throws IOException {
    Files.createDirectories(config.outputDir());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    params.names().forEach(name -> tensors.put(name, params.get(name)));
    optimizer
        .moments()
        .forEach(
            (name, state) -> {
              tensors.put(EXP_AVG + name, state.expAvg());
              tensors.put(EXP_AVG_SQ + name, state.expAvgSq());
            });
    Path file = config.outputDir().resolve(CHECKPOINT);
    write(file, tensors, Map.of(STEP, Long.toString(step), SEED, Long.toString(config.seed())));
    return file;
  }

  /**
   * Restores the checkpoint.
   *
   * @return the steps that were done, 0 if there is no checkpoint
   * @throws ModelMismatchException if it belongs to another run
   */
  long restore() throws IOException {
    Path file = config.outputDir().resolve(CHECKPOINT);
    if (!Files.exists(file)) {
      return 0;
    }
    try (Checkpoint stored = Checkpoint.open(file)) {
      String seed = stored.metadata().get(SEED);
      long step = Long.parseLong(stored.metadata().getOrDefault(STEP, "0"));
      if (!Long.toString(config.seed()).equals(seed)
          || stored.tensors().size() != 3 * params.names().size()) {
        throw new ModelMismatchException(
            "%s: expected the state of this run with seed %d, found seed %s and %d tensors; use another output directory"
                .formatted(file, config.seed(), seed, stored.tensors().size()));
      }
      for (String name : params.names()) {
        try (Tensor weight = load(stored, name);
            Tensor expAvg = load(stored, EXP_AVG + name);
            Tensor expAvgSq = load(stored, EXP_AVG_SQ + name)) {
          Scopes.runNoGrad(() -> params.get(name).copy_(weight));
          optimizer.restore(name, expAvg, expAvgSq, (double) step);
        }
      }
      return step;
    }
  }

  private Tensor load(Checkpoint stored, String name) {
    return TensorTransfer.load(stored.tensor(name), params.device(), ScalarType.Float);
  }

  /** Writes the tower without its heads, its configuration, and the image processor's. */
  void writeTower() throws IOException {
    Files.createDirectories(config.outputDir());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : params.names()) {
      if (!name.startsWith(TowerWeights.HEADS)) {
        tensors.put(name, params.get(name));
      }
    }
    writeJson("config.json", configJson(config.tower()));
    writeJson("preprocessor_config.json", processorJson(config.tower().imageSize()));
    write(config.outputDir().resolve("model.safetensors"), tensors, Map.of("format", "pt"));
  }

  private static void write(Path file, Map<String, Tensor> tensors, Map<String, String> strings)
      throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    tensors.forEach((name, tensor) -> specs.add(TensorTransfer.spec(name, tensor)));
    try (CheckpointWriter writer =
        CheckpointWriter.toFile(file, specs).metadata(strings).overwrite(true).open()) {
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        TensorTransfer.write(writer, entry.getKey(), entry.getValue());
      }
      writer.commit();
    }
  }

  private static ObjectNode configJson(VisionTowerConfig tower) {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("CLIPVisionModel");
    json.put("model_type", "clip_vision_model");
    json.put("hidden_size", tower.hiddenSize());
    json.put("intermediate_size", tower.intermediateSize());
    json.put("num_hidden_layers", tower.numHiddenLayers());
    json.put("num_attention_heads", tower.numAttentionHeads());
    json.put("image_size", tower.imageSize());
    json.put("patch_size", tower.patchSize());
    json.put("layer_norm_eps", Double.parseDouble(Float.toString(tower.layerNormEps())));
    return json.put("hidden_act", "quick_gelu").put("torch_dtype", "float32");
  }

  private static ObjectNode processorJson(int size) {
    ObjectNode json = JSON.createObjectNode();
    json.put("image_processor_type", "CLIPImageProcessor");
    json.put("do_convert_rgb", true).put("do_resize", true).put("resample", 3);
    json.putObject("size").put("shortest_edge", size);
    json.put("do_center_crop", true);
    json.putObject("crop_size").put("height", size).put("width", size);
    json.put("do_rescale", true).put("rescale_factor", ImageProcessorConfig.ONE_255TH);
    json.put("do_normalize", true);
    ImageProcessorConfig.CLIP_MEAN.forEach(json.putArray("image_mean")::add);
    ImageProcessorConfig.CLIP_STD.forEach(json.putArray("image_std")::add);
    return json;
  }

  private void writeJson(String name, ObjectNode json) throws IOException {
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(config.outputDir().resolve(name).toFile(), json);
  }
}
