package io.github.llavamed.demo.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.demo.dataset.TrainingTexts;
import io.github.llavamed.demo.vocabulary.BpeVocabulary;
import io.github.llavamed.demo.vocabulary.SentencePieceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Makes the checkpoint that the decoder's training starts from: a trained tower, a random projector
 * and decoder, a vocabulary learnt from the corpus; v1.5's layout.
 */
final class StartCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOWER_PREFIX = "model.vision_tower.vision_tower.";
  private static final double DECODER_GAIN = 0.7;
  private static final double EMBEDDING_STD = 0.02;

  private final Random random; // its algorithm is specified
  private final int vocabulary;
  private final Map<String, DoubleSupplier> draws = new LinkedHashMap<>();
  private final List<TensorSpec> specs = new ArrayList<>();

  private StartCheckpoint(long seed, int vocabulary) {
    this.random = new Random(seed);
    this.vocabulary = vocabulary;
  }

  /**
   * Writes the checkpoint.
   *
   * @param tower the directory of the trained tower
   * @param directory where it goes
   * @param seed of the new weights
   * @param dataSeed of the texts that the vocabulary is learnt from
   */
  static void write(Path tower, Path directory, long seed, long dataSeed) throws IOException {
    Files.createDirectories(directory);
    int learnt = DemoShape.VOCABULARY - SentencePieceFile.FIXED_PIECES;
    List<String> pieces = BpeVocabulary.learn(TrainingTexts.corpus(dataSeed), learnt);
    Files.write(directory.resolve("tokenizer.model"), SentencePieceFile.of(pieces));
    StartCheckpoint start =
        new StartCheckpoint(seed, SentencePieceFile.FIXED_PIECES + pieces.size());
    start.declare();
    start.writeJson(directory);
    start.writeWeights(tower, directory);
  }

  private void declare() {
    int c = DemoShape.HIDDEN_SIZE;
    int kv = DemoShape.KEY_VALUE_HEADS * DemoShape.HEAD_SIZE;
    int i = DemoShape.INTERMEDIATE_SIZE;
    normal("model.embed_tokens.weight", EMBEDDING_STD, vocabulary, c);
    for (int layer = 0; layer < DemoShape.LAYERS; layer++) {
      String prefix = "model.layers." + layer + ".";
      ones(prefix + "input_layernorm.weight", c);
      decoder(prefix + "self_attn.q_proj.weight", c, c);
      decoder(prefix + "self_attn.k_proj.weight", kv, c);
      decoder(prefix + "self_attn.v_proj.weight", kv, c);
      decoder(prefix + "self_attn.o_proj.weight", c, c);
      ones(prefix + "post_attention_layernorm.weight", c);
      decoder(prefix + "mlp.gate_proj.weight", i, c);
      decoder(prefix + "mlp.up_proj.weight", i, c);
      decoder(prefix + "mlp.down_proj.weight", c, i);
    }
    ones("model.norm.weight", c);
    projector("model.mm_projector.0", DemoShape.TOWER.hiddenSize(), c);
    projector("model.mm_projector.2", c, c);
    normal("lm_head.weight", EMBEDDING_STD, vocabulary, c);
  }

  private void decoder(String name, int out, int in) {
    normal(name, DECODER_GAIN / Math.sqrt(in), out, in);
  }

  private void normal(String name, double deviation, int... shape) {
    declare(name, () -> random.nextGaussian() * deviation, shape);
  }

  private void ones(String name, int size) {
    declare(name, () -> 1, size);
  }

  /** The default initialisation of a linear layer in PyTorch. */
  private void projector(String prefix, int in, int out) {
    double bound = 1 / Math.sqrt(in);
    DoubleSupplier uniform = () -> (2 * random.nextDouble() - 1) * bound;
    declare(prefix + ".weight", uniform, out, in);
    declare(prefix + ".bias", uniform, out);
  }

  private void declare(String name, DoubleSupplier draw, int... shape) {
    long[] sizes = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      sizes[i] = shape[i];
    }
    specs.add(new TensorSpec(name, DType.F32, Shape.of(sizes)));
    draws.put(name, draw);
  }

  private void writeWeights(Path tower, Path directory) throws IOException {
    try (Checkpoint trained = Checkpoint.open(tower)) {
      List<TensorSpec> all = new ArrayList<>(specs);
      for (TensorInfo info : trained.tensors().values()) {
        all.add(new TensorSpec(TOWER_PREFIX + info.name(), DType.F32, info.shape()));
      }
      try (CheckpointWriter writer =
          CheckpointWriter.toDirectory(directory, all).overwrite(true).open()) {
        for (TensorSpec spec : specs) {
          writer.append(spec.name(), draw(spec));
        }
        for (TensorInfo info : trained.tensors().values()) {
          writer.copy(TOWER_PREFIX + info.name(), trained.tensor(info.name()));
        }
        writer.commit();
      }
    }
  }

  private float[] draw(TensorSpec spec) {
    float[] values = new float[Math.toIntExact(spec.shape().elementCount())];
    DoubleSupplier draw = draws.get(spec.name());
    for (int i = 0; draw != null && i < values.length; i++) {
      values[i] = (float) draw.getAsDouble();
    }
    return values;
  }

  private void writeJson(Path directory) throws IOException {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("LlavaMistralForCausalLM");
    config.put("model_type", "llava_mistral");
    config.put("vocab_size", vocabulary).put("bos_token_id", 1).put("eos_token_id", 2);
    config.put("hidden_size", DemoShape.HIDDEN_SIZE);
    config.put("intermediate_size", DemoShape.INTERMEDIATE_SIZE);
    config.put("num_hidden_layers", DemoShape.LAYERS);
    config.put("num_attention_heads", DemoShape.HEADS);
    config.put("num_key_value_heads", DemoShape.KEY_VALUE_HEADS);
    config.put("hidden_act", "silu").put("rms_norm_eps", DemoShape.RMS_NORM_EPS);
    config.put("rope_theta", DemoShape.ROPE_THETA);
    config.put("max_position_embeddings", DemoShape.MAX_POSITIONS);
    config.put("tokenizer_model_max_length", DemoShape.MAX_POSITIONS);
    config.putNull("sliding_window");
    config.put("tie_word_embeddings", false).put("torch_dtype", "float32");
    config.put("use_mm_proj", true).put("mm_projector_type", "mlp2x_gelu");
    config.put("mm_vision_tower", "phantom-clip");
    config.put("mm_hidden_size", DemoShape.TOWER.hiddenSize());
    config.put("mm_vision_select_layer", DemoShape.SELECTION.layer());
    config.put("mm_vision_select_feature", "patch").put("image_aspect_ratio", "pad");
    config.put("mm_use_im_start_end", false).put("mm_use_im_patch_token", false);
    config.put("tune_mm_mlp_adapter", false).put("freeze_mm_mlp_adapter", false);
    config.put("unfreeze_mm_vision_tower", true).put("use_cache", true);
    config.set("vision_config", visionConfig());
    write(directory.resolve("config.json"), config);
    write(directory.resolve("tokenizer_config.json"), tokenizerConfig());
    ObjectNode special = JSON.createObjectNode();
    special.put("bos_token", "<s>").put("eos_token", "</s>").put("unk_token", "<unk>");
    write(directory.resolve("special_tokens_map.json"), special);
    ObjectNode generation = JSON.createObjectNode();
    generation.put("bos_token_id", 1).put("eos_token_id", 2);
    write(directory.resolve("generation_config.json"), generation);
  }

  private static ObjectNode visionConfig() {
    ObjectNode json = JSON.createObjectNode();
    json.put("model_type", "clip_vision_model");
    json.put("hidden_size", DemoShape.TOWER.hiddenSize());
    json.put("intermediate_size", DemoShape.TOWER.intermediateSize());
    json.put("num_hidden_layers", DemoShape.TOWER.numHiddenLayers());
    json.put("num_attention_heads", DemoShape.TOWER.numAttentionHeads());
    json.put("image_size", DemoShape.TOWER.imageSize());
    json.put("patch_size", DemoShape.TOWER.patchSize());
    return json.put("layer_norm_eps", 1e-5).put("hidden_act", "quick_gelu");
  }

  private static ObjectNode tokenizerConfig() {
    ObjectNode json = JSON.createObjectNode();
    json.put("tokenizer_class", "LlamaTokenizer").put("legacy", true);
    json.put("add_bos_token", true).put("add_eos_token", false);
    json.put("bos_token", "<s>").put("eos_token", "</s>").put("unk_token", "<unk>");
    json.putNull("pad_token");
    json.put("clean_up_tokenization_spaces", false);
    return json.put("model_max_length", DemoShape.MAX_POSITIONS);
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
