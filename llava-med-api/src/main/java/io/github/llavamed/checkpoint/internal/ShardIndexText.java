package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.ShardPlan;
import io.github.llavamed.checkpoint.TensorSpec;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Writes the index of a sharded checkpoint: keys sorted, 2 spaces, a line feed at the end. */
final class ShardIndexText {
  private ShardIndexText() {}

  static String of(ShardPlan plan) {
    Map<String, String> weightMap = new TreeMap<>(SafetensorsLayout.BY_UTF8);
    for (ShardPlan.Shard shard : plan.shards()) {
      for (TensorSpec tensor : shard.tensors()) {
        weightMap.put(tensor.name(), shard.fileName());
      }
    }
    StringJoiner lines = new StringJoiner(",\n    ", "{\n    ", "\n  }");
    weightMap.forEach((name, file) -> lines.add(ascii(name) + ": " + ascii(file)));
    return "{\n  \"metadata\": {\n    \"total_size\": %d\n  },\n  \"weight_map\": %s\n}\n"
        .formatted(plan.totalBytes(), lines);
  }

  /** Returns a JSON string in ASCII, as Python's json module writes it. */
  private static String ascii(String text) {
    StringBuilder quoted = new StringBuilder();
    for (char c : SafetensorsLayout.quote(text).toCharArray()) {
      quoted.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return quoted.toString();
  }
}
