package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.MalformedConfigException;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.internal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code adapter_config.json} says of a low-rank adapter. Immutable.
 *
 * @param file the file
 * @param rank {@code r}
 * @param alpha {@code lora_alpha}
 * @param rankStabilized {@code use_rslora}
 * @param fanInFanOut {@code fan_in_fan_out}
 * @param targets {@code target_modules}
 * @param modulesToSave {@code modules_to_save}, names of modules that were trained as a whole
 * @param rankPattern {@code rank_pattern}, ranks of single modules
 * @param alphaPattern {@code alpha_pattern}
 * @param biases whether biases were trained
 */
record LoraConfig(
    Path file,
    int rank,
    double alpha,
    boolean rankStabilized,
    boolean fanInFanOut,
    ModulePattern targets,
    List<String> modulesToSave,
    Map<ModulePattern, Double> rankPattern,
    Map<ModulePattern, Double> alphaPattern,
    boolean biases) {
  private static final int MAX_RANK = 1 << 16;

  /** Switches of the library that change what an adapter means and are not followed here. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "use_dora",
          "lora_bias",
          "layer_replication",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens",
          "use_qalora");

  /** Initialisations that also change the base, which would have to be changed before merging. */
  private static final Set<String> CHANGED_BASE = Set.of("pissa", "olora", "corda", "loftq");

  /** Copies the collections, order kept. */
  LoraConfig {
    modulesToSave = List.copyOf(modulesToSave);
    rankPattern = new LinkedHashMap<>(rankPattern);
    alphaPattern = new LinkedHashMap<>(alphaPattern);
  }

  /**
   * Reads the file.
   *
   * @throws MalformedConfigException if a value is not of its kind
   * @throws UnsupportedModelException if the adapter is not a plain low-rank adapter
   */
  static LoraConfig read(Path file) throws IOException {
    ObjectNode json = JsonFile.read(file, ConfigLimits.defaults());
    rejectUnsupported(file, json);
    double rank = number(file, json, "r");
    if (rank < 1 || rank > MAX_RANK || rank != Math.rint(rank)) {
      throw malformed(file, "r", json.path("r"), "an integer from 1 to " + MAX_RANK);
    }
    return new LoraConfig(
        file,
        (int) rank,
        number(file, json, "lora_alpha"),
        flag(file, json, "use_rslora"),
        flag(file, json, "fan_in_fan_out"),
        ModulePattern.targets(file, json.path("target_modules")),
        strings(file, json, "modules_to_save"),
        patterns(file, json, "rank_pattern"),
        patterns(file, json, "alpha_pattern"),
        !json.path("bias").asText("none").equals("none"));
  }

  private static void rejectUnsupported(Path file, ObjectNode json) {
    String type = json.path("peft_type").asText("");
    if (!type.equals("LORA")) {
      throw unsupported(file, "peft_type", json.path("peft_type"), "'LORA'");
    }
    for (String key : UNSUPPORTED) {
      JsonNode value = json.path(key);
      boolean off =
          value.isMissingNode()
              || value.isNull()
              || (value.isBoolean() && !value.booleanValue())
              || (value.isContainerNode() && value.isEmpty());
      if (!off) {
        throw unsupported(file, key, value, "false or nothing: it is not supported");
      }
    }
    String init = json.path("init_lora_weights").asText("");
    if (CHANGED_BASE.stream().anyMatch(init::startsWith)) {
      throw unsupported(
          file,
          "init_lora_weights",
          json.path("init_lora_weights"),
          "an initialisation that leaves the base as it is; convert the adapter first");
    }
  }

  /** Returns the rank of a module. */
  int rankOf(String module) {
    return (int) valueOf(rankPattern, module, rank);
  }

  /** Returns what the product of a module's matrices is multiplied with. */
  double scaleOf(String module) {
    double own = valueOf(alphaPattern, module, alpha);
    int r = rankOf(module);
    return rankStabilized ? own / Math.sqrt(r) : own / r;
  }

  /** Returns whether a module was trained as a whole. */
  boolean isSaved(String module) {
    return modulesToSave.stream().anyMatch(saved -> ModulePattern.endsWith(module, saved));
  }

  private static double valueOf(Map<ModulePattern, Double> patterns, String module, double other) {
    for (Map.Entry<ModulePattern, Double> entry : patterns.entrySet()) {
      if (entry.getKey().matches(module)) {
        return entry.getValue();
      }
    }
    return other;
  }

  private static double number(Path file, ObjectNode json, String key) {
    JsonNode value = json.path(key);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw malformed(file, key, value, "a number");
    }
    return value.doubleValue();
  }

  private static boolean flag(Path file, ObjectNode json, String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw malformed(file, key, value, "true or false");
    }
    return value.booleanValue();
  }

  private static List<String> strings(Path file, ObjectNode json, String key) {
    List<String> strings = new ArrayList<>();
    JsonNode values = json.path(key);
    if (values.isMissingNode() || values.isNull()) {
      return strings;
    }
    for (JsonNode value : values) {
      if (!value.isTextual()) {
        throw malformed(file, key, values, "a list of names");
      }
      strings.add(value.textValue());
    }
    if (!values.isArray()) {
      throw malformed(file, key, values, "a list of names");
    }
    return strings;
  }

  private static Map<ModulePattern, Double> patterns(Path file, ObjectNode json, String key) {
    Map<ModulePattern, Double> patterns = new LinkedHashMap<>();
    JsonNode values = json.path(key);
    if (!values.isMissingNode() && !values.isNull() && !values.isObject()) {
      throw malformed(file, key, values, "an object");
    }
    for (Map.Entry<String, JsonNode> member : values.properties()) {
      double value = member.getValue().asDouble(Double.NaN);
      boolean good =
          key.equals("rank_pattern") ? value >= 1 && value <= MAX_RANK : !Double.isNaN(value);
      if (!member.getValue().isNumber() || !good) {
        throw malformed(file, key + "." + member.getKey(), member.getValue(), "a number");
      }
      patterns.put(ModulePattern.suffix(file, member.getKey()), value);
    }
    return patterns;
  }

  static MalformedConfigException malformed(
      Path file, String key, JsonNode found, String expected) {
    return new MalformedConfigException(
        "%s: key '%s' is %s, expected %s".formatted(file, key, describe(found), expected), null);
  }

  static UnsupportedModelException unsupported(
      Path file, String key, JsonNode found, String expected) {
    return new UnsupportedModelException(
        "%s: key '%s' is %s, expected %s".formatted(file, key, describe(found), expected));
  }

  private static String describe(JsonNode found) {
    return found.isMissingNode() ? "missing" : found.toString();
  }
}
