package io.github.llavamed.cli.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.ModelFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the configurations of a shape, with the values of the published models. */
final class ShapeConfig {
  /** The tower's directory below the checkpoint. */
  static final String TOWER_DIRECTORY = "vision-tower";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String FILE = "config.json";

  private ShapeConfig() {}

  static void write(BenchShape shape, int layers, Path directory) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    decoder(json, shape.decoder(), layers);
    boolean isV15 = shape.family() == ModelFamily.LLAVA_V1_5;
    if (isV15) {
      v15(json, shape);
    } else {
      v10(json);
    }
    json.put("use_mm_proj", true);
    json.put("mm_vision_tower", TOWER_DIRECTORY);
    json.put("mm_hidden_size", shape.tower().hiddenSize());
    json.put("mm_vision_select_layer", BenchShape.Tower.SELECT_LAYER);
    json.put("torch_dtype", isV15 ? "bfloat16" : "float16");
    write(json, directory);
    write(tower(shape.tower()), directory.resolve(TOWER_DIRECTORY));
  }

  private static void decoder(ObjectNode json, BenchShape.Decoder decoder, int layers) {
    json.put("hidden_size", decoder.hiddenSize());
    json.put("intermediate_size", decoder.intermediateSize());
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", decoder.numAttentionHeads());
    json.put("num_key_value_heads", decoder.numKeyValueHeads());
    json.put("vocab_size", decoder.vocabSize());
    json.put("hidden_act", "silu");
    json.put("bos_token_id", 1);
    json.put("eos_token_id", 2);
    json.put("tie_word_embeddings", false);
  }

  private static void v15(ObjectNode json, BenchShape shape) {
    json.put("rms_norm_eps", 1e-5);
    json.put("rope_theta", 1e6);
    json.put("max_position_embeddings", 32768);
    json.put("mm_projector_type", "mlp" + shape.projectorDepth() + "x_gelu");
    v15(json);
  }

  /** Writes what v1.5 configurations have in common. */
  static void v15(ObjectNode json) {
    json.put("model_type", "llava_mistral");
    json.putArray("architectures").add("LlavaMistralForCausalLM");
    json.putNull("sliding_window");
    json.put("mm_vision_select_feature", "patch");
    json.put("mm_use_im_start_end", false);
    json.put("mm_use_im_patch_token", false);
    json.put("image_aspect_ratio", "pad");
  }

  private static void v10(ObjectNode json) {
    json.put("model_type", "llava");
    json.putArray("architectures").add("LlavaLlamaForCausalLM");
    json.put("rms_norm_eps", 1e-6);
    json.put("max_position_embeddings", 2048);
    json.put("mm_use_im_start_end", true);
  }

  static ObjectNode tower(BenchShape.Tower tower) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("model_type", "clip_vision_model");
    json.put("hidden_size", tower.hiddenSize());
    json.put("intermediate_size", tower.intermediateSize());
    json.put("num_hidden_layers", tower.numHiddenLayers());
    json.put("num_attention_heads", tower.numAttentionHeads());
    json.put("image_size", tower.imageSize());
    json.put("patch_size", tower.patchSize());
    json.put("hidden_act", "quick_gelu");
    json.put("layer_norm_eps", 1e-5);
    return json;
  }

  static void write(ObjectNode json, Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve(FILE), json.toPrettyString() + "\n", StandardCharsets.UTF_8);
  }
}
