package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names of tensors in the files of one start, where they are not those of the model. Immutable.
 *
 * <p>A low-rank addition is named after the layer that it is added to.
 */
public final class DiskNames {
  /** v1.0.0: the projector is one layer without a number. */
  public static final DiskNames V1_0 =
      new DiskNames(
          Map.of(
              MultiModalProjector.PREFIX + "0.weight", MultiModalProjector.PREFIX + "weight",
              MultiModalProjector.PREFIX + "0.bias", MultiModalProjector.PREFIX + "bias"));

  private static final String LORA = ".lora_";
  private static final String WEIGHT = ".weight";

  private final Map<String, String> disk;
  private final Map<String, String> canonical = new HashMap<>();

  private DiskNames(Map<String, String> disk) {
    this.disk = new LinkedHashMap<>(disk);
    disk.forEach((name, stored) -> canonical.put(stored, name));
  }

  /** Returns names by a table from the model's to the files'; others are the same in both. */
  static DiskNames of(Map<String, String> stored) {
    return new DiskNames(stored);
  }

  /** Returns the name in a file of a tensor of the model. */
  public String toDisk(String name) {
    return translated(name, disk);
  }

  /** Returns the model's name of a tensor in a file. */
  public String toCanonical(String stored) {
    return translated(stored, canonical);
  }

  private static String translated(String name, Map<String, String> table) {
    int lora = name.indexOf(LORA);
    if (lora < 0) {
      return table.getOrDefault(name, name);
    }
    String weight = name.substring(0, lora) + WEIGHT;
    String other = table.getOrDefault(weight, weight);
    return other.substring(0, other.length() - WEIGHT.length()) + name.substring(lora);
  }
}
