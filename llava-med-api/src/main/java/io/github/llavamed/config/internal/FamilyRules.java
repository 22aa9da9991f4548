package io.github.llavamed.config.internal;

import io.github.llavamed.config.ConfigRepair;
import io.github.llavamed.config.ModelFamily;
import java.util.List;
import java.util.Set;

/** Decides the family of a configuration by what it says, never by the name of its directory. */
final class FamilyRules {
  private static final String MODEL_TYPE = "model_type";
  private static final String ARCHITECTURES = "architectures";
  private static final String LLAVA = "llava";
  private static final String LLAVA_MISTRAL = "llava_mistral";
  private static final String V1_0_CLASS = "LlavaLlamaForCausalLM";
  private static final String V1_5_CLASS = "LlavaMistralForCausalLM";
  private static final String HF_CLASS = "LlavaForConditionalGeneration";
  private static final String EXPECTED =
      "'" + LLAVA + "' (v1.0.0, or Hugging Face LLaVA) or '" + LLAVA_MISTRAL + "' (v1.5)";

  private FamilyRules() {}

  static ModelFamily decide(ConfigObject json, Set<ConfigRepair> repairs, List<String> notes) {
    String type = json.string(MODEL_TYPE);
    List<String> classes = json.strings(ARCHITECTURES);
    if (type == null) {
      return byClass(json, classes);
    }
    return switch (type) {
      case LLAVA_MISTRAL -> ModelFamily.LLAVA_V1_5;
      case LLAVA ->
          json.has("text_config") || classes.contains(HF_CLASS)
              ? ModelFamily.HF_LLAVA
              : ModelFamily.LLAVA_V1_0;
      default -> upgrade(json, type, classes, repairs, notes);
    };
  }

  private static ModelFamily byClass(ConfigObject json, List<String> classes) {
    return switch (classes.size() == 1 ? classes.get(0) : "") {
      case V1_0_CLASS -> ModelFamily.LLAVA_V1_0;
      case V1_5_CLASS -> ModelFamily.LLAVA_V1_5;
      case HF_CLASS -> ModelFamily.HF_LLAVA;
      default -> throw json.missing(MODEL_TYPE, EXPECTED);
    };
  }

  private static ModelFamily upgrade(
      ConfigObject json,
      String type,
      List<String> classes,
      Set<ConfigRepair> repairs,
      List<String> notes) {
    if (!repairs.contains(ConfigRepair.UPGRADE_MODEL_TYPE)) {
      throw json.unsupported(
          MODEL_TYPE,
          EXPECTED
              + "; an old v1.0.0 checkpoint can be read with the repair "
              + ConfigRepair.UPGRADE_MODEL_TYPE);
    }
    if (classes.size() != 1) {
      throw json.unsupported(ARCHITECTURES, "exactly one class, to upgrade the configuration");
    }
    json.put(MODEL_TYPE, LLAVA);
    json.putArray(ARCHITECTURES, V1_0_CLASS);
    notes.add(
        "repaired in memory: model_type '"
            + type
            + "' is read as '"
            + LLAVA
            + "', architecture '"
            + classes.get(0)
            + "' as '"
            + V1_0_CLASS
            + "'");
    return ModelFamily.LLAVA_V1_0;
  }
}
