package io.github.llavamed.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small configurations of each family, written to a directory with a tower beside it. */
public final class ConfigFixture {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigFixture() {}

  /** Returns a v1.0.0 configuration: 2 layers of width 16, tower in {@code ../tower}. */
  public static ObjectNode v10() {
    ObjectNode config = decoder("llava", "LlavaLlamaForCausalLM");
    config.put("mm_vision_tower", "../tower").put("use_mm_proj", true).put("mm_hidden_size", 8);
    return config.put("mm_vision_select_layer", -2).put("mm_use_im_start_end", true);
  }

  /** Returns a v1.5 configuration: 2 layers of width 16, tower in {@code ../tower}. */
  public static ObjectNode v15() {
    ObjectNode config = decoder("llava_mistral", "LlavaMistralForCausalLM");
    config.put("mm_vision_tower", "../tower").put("use_mm_proj", true).put("mm_hidden_size", 8);
    config.put("num_key_value_heads", 2).put("mm_projector_type", "mlp2x_gelu");
    config.put("mm_use_im_patch_token", false).putNull("sliding_window");
    return config.put("mm_vision_select_layer", -2).put("mm_vision_select_feature", "patch");
  }

  /** Returns a Hugging Face configuration with a LLaMA decoder of width 16. */
  public static ObjectNode hf() {
    ObjectNode config = JSON.createObjectNode().put("model_type", "llava");
    config.putArray("architectures").add("LlavaForConditionalGeneration");
    config.set("text_config", decoder("llama", "LlamaForCausalLM"));
    config.set("vision_config", tower());
    return config.put("image_token_index", 30);
  }

  /** Returns a CLIP tower configuration: 3 layers of width 8, 28 pixels, patches of 14. */
  public static ObjectNode tower() {
    return JSON.createObjectNode()
        .put("model_type", "clip_vision_model")
        .put("hidden_size", 8)
        .put("intermediate_size", 12)
        .put("num_hidden_layers", 3)
        .put("num_attention_heads", 2)
        .put("image_size", 28)
        .put("patch_size", 14);
  }

  private static ObjectNode decoder(String type, String architecture) {
    ObjectNode config = JSON.createObjectNode().put("model_type", type);
    config.putArray("architectures").add(architecture);
    return config
        .put("hidden_size", 16)
        .put("intermediate_size", 24)
        .put("num_hidden_layers", 2)
        .put("num_attention_heads", 4)
        .put("vocab_size", 32);
  }

  /** Writes {@code checkpoint/config.json} and {@code tower/config.json}; returns the former's. */
  public static Path write(Path root, ObjectNode config) {
    writeJson(root.resolve("tower/config.json"), tower());
    Path checkpoint = root.resolve("checkpoint");
    writeJson(checkpoint.resolve("config.json"), config);
    return checkpoint;
  }

  /** Writes a JSON file and the directories above it. */
  public static void writeJson(Path file, ObjectNode json) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, JSON.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses one JSON value and sets it at a dotted key. */
  public static ObjectNode with(ObjectNode config, String dottedKey, String json) {
    try {
      String[] keys = dottedKey.split("\\.");
      ObjectNode node = config;
      for (int i = 0; i < keys.length - 1; i++) {
        node = node.withObject("/" + keys[i]);
      }
      node.set(keys[keys.length - 1], JSON.readTree(json));
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
