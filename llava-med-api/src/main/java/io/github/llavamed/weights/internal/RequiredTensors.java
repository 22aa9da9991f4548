package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.MalformedConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tensors a decoder with a certain configuration cannot do without.
 *
 * <p>The original fills what is missing with random values.
 */
final class RequiredTensors {
  /** The library's default for absent {@code num_hidden_layers}, for LLaMA and Mistral. */
  private static final int DEFAULT_LAYERS = 32;

  private static final String EMBEDDING = "embed_tokens.weight";

  private static final List<String> LAYER_PARTS =
      List.of(
          "self_attn.q_proj.weight",
          "self_attn.k_proj.weight",
          "self_attn.v_proj.weight",
          "self_attn.o_proj.weight",
          "mlp.gate_proj.weight",
          "mlp.down_proj.weight",
          "mlp.up_proj.weight",
          "input_layernorm.weight",
          "post_attention_layernorm.weight");

  private RequiredTensors() {}

  /** Returns what a model lacks, in the order of the original's model. */
  static List<String> missing(ModelDirectory model) {
    String prefix = decoderPrefix(model);
    List<String> required = new ArrayList<>();
    required.add(prefix + EMBEDDING);
    int layers = layers(model);
    for (int i = 0; i < layers; i++) {
      for (String part : LAYER_PARTS) {
        required.add(prefix + "layers." + i + "." + part);
      }
    }
    required.add(prefix + "norm.weight");
    if (isLlavaV10(model) && model.config().has("use_mm_proj")) {
      required.addAll(DeltaRules.PROJECTOR); // the presence of the key counts, not its value
    }
    List<String> missing =
        new ArrayList<>(required.stream().filter(name -> !model.has(name)).toList());
    if (!isTied(model) && model.names().stream().noneMatch(n -> n.endsWith("lm_head.weight"))) {
      missing.add("lm_head.weight");
    }
    return missing;
  }

  private static boolean isLlavaV10(ModelDirectory model) {
    return !model.isNested() && model.modelType().equals("llava");
  }

  private static boolean isTied(ModelDirectory model) {
    return model.config().path("tie_word_embeddings").asBoolean(false)
        || model.decoderConfig().path("tie_word_embeddings").asBoolean(false);
  }

  /** Hugging Face's LLaVA has had several prefixes; all others have {@code model.}. */
  private static String decoderPrefix(ModelDirectory model) {
    if (!model.isNested()) {
      return "model.";
    }
    return model.names().stream()
        .filter(name -> name.endsWith("." + EMBEDDING))
        .map(name -> name.substring(0, name.length() - EMBEDDING.length()))
        .findFirst()
        .orElse("language_model.model.");
  }

  private static int layers(ModelDirectory model) {
    JsonNode value = model.decoderConfig().path("num_hidden_layers");
    if (value.isMissingNode()) {
      return DEFAULT_LAYERS;
    }
    int most = ConfigLimits.defaults().maxLayers();
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw badLayers(model, value, most);
    }
    if (value.intValue() < 1 || value.intValue() > most) {
      throw badLayers(model, value, most);
    }
    return value.intValue();
  }

  private static MalformedConfigException badLayers(
      ModelDirectory model, JsonNode value, int most) {
    return new MalformedConfigException(
        "%s: key 'num_hidden_layers' is %s, expected an integer from 1 to %d"
            .formatted(model.path().resolve("config.json"), value, most),
        null);
  }
}
