package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.config.UnsupportedModelException;
import java.util.List;

/**
 * The configuration of an output: that of an input with what the original sets. Confined to one
 * thread.
 */
final class ModelConfig {
  private static final String MODEL_TYPE = "model_type";
  private static final String ARCHITECTURES = "architectures";
  private static final String LLAVA = "llava";
  private static final String LLAVA_CLASS = "LlavaLlamaForCausalLM";

  private final ModelDirectory model;
  private final ObjectNode json;

  /** Copies a model's configuration and sets the element type. */
  ModelConfig(ModelDirectory model, DType dtype) {
    this.model = model;
    this.json = model.config().deepCopy();
    json.remove("_name_or_path"); // where it was loaded from says nothing elsewhere
    boolean recent = json.has("dtype"); // the newer name of the key
    if (recent) {
      json.put("dtype", name(dtype));
    }
    if (!recent || json.has("torch_dtype")) {
      json.put("torch_dtype", name(dtype));
    }
  }

  /** Says that the model is a v1.0.0 model. */
  void setLlava(List<String> notes) {
    String type = model.modelType();
    if (!type.equals(LLAVA)) {
      notes.add("config.json: model_type '%s' was written as '%s'".formatted(type, LLAVA));
    }
    json.put(MODEL_TYPE, LLAVA);
    json.putArray(ARCHITECTURES).add(LLAVA_CLASS);
  }

  /**
   * Upgrades the configuration of a model that has a projector of v1.0.0 and another type.
   *
   * <p>The original decides by the path, and so loses the projector of models elsewhere.
   *
   * @param allowed whether the upgrade may be made
   * @throws UnsupportedModelException if it is needed and not allowed, or not possible
   */
  void upgrade(boolean allowed, List<String> notes) {
    String type = model.modelType();
    if (type.equals(LLAVA) && !model.isNested()) {
      setLlava(notes);
      return;
    }
    if (model.isNested() || type.equals("llava_mistral") || !model.hasProjector()) {
      return;
    }
    if (!allowed) {
      throw new UnsupportedModelException(
          "%s: the weights have a projector, expected model_type '%s', found '%s' of an older release; allow upgrading the configuration (the input is not changed)"
              .formatted(file(), LLAVA, type));
    }
    JsonNode classes = json.path(ARCHITECTURES);
    if (!classes.isArray() || classes.size() != 1) {
      throw new UnsupportedModelException(
          "%s: key 'architectures' is %s, expected exactly one class, to upgrade the configuration"
              .formatted(file(), classes));
    }
    setLlava(notes);
  }

  ObjectNode json() {
    return json;
  }

  private String file() {
    return model.path().resolve("config.json").toString();
  }

  private static String name(DType dtype) {
    return switch (dtype) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F32 -> "float32";
      default -> throw new IllegalArgumentException("dtype: expected F16, BF16 or F32: " + dtype);
    };
  }
}
