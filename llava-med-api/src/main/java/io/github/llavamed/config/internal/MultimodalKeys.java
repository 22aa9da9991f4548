package io.github.llavamed.config.internal;

import io.github.llavamed.config.ConfigRepair;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code mm_…} keys that v1.0.0 and v1.5 share. */
final class MultimodalKeys {
  static final String TOWER = "mm_vision_tower";
  static final String SELECT_LAYER = "mm_vision_select_layer";
  static final String SELECT_FEATURE = "mm_vision_select_feature";

  /** Context length of both originals' loaders when the configuration says none. */
  private static final int DEFAULT_CONTEXT_LENGTH = 2048;

  private static final Map<String, String> DTYPES =
      Map.of(
          "float16", "float16",
          "bfloat16", "bfloat16",
          "float32", "float32",
          "float64", "float64");

  private MultimodalKeys() {}

  /**
   * Returns the configured tower; an error names the repair that would add one, if there is one.
   */
  static String towerName(ConfigObject json, @Nullable ConfigRepair repair) {
    String name = json.string(TOWER);
    if (name == null) {
      throw json.missing(
          TOWER,
          "a hub id or a directory: config without vision tower"
              + (repair == null
                  ? ""
                  : "; the repair " + repair + " adds the original's default tower"));
    }
    return name;
  }

  static int contextLength(ConfigObject json) {
    return json.integer("max_sequence_length", 1, Integer.MAX_VALUE, DEFAULT_CONTEXT_LENGTH);
  }

  /** Returns {@code dtype} of recent configurations or {@code torch_dtype} of older ones. */
  static @Nullable String torchDtype(ConfigObject json) {
    for (String key : new String[] {"dtype", "torch_dtype"}) {
      if (json.has(key)) {
        return json.named(key, DTYPES, "");
      }
    }
    return null;
  }
}
