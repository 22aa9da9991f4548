package io.github.llavamed.weights.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sorts tensor names as the original model lists them: embedding, layers, norm, projector, others,
 * head.
 *
 * <p>The original checks and shards in this order; containers store others.
 */
final class StateDictOrder {
  private static final Pattern LAYER = Pattern.compile("(?:.*\\.)?layers\\.(\\d{1,9})\\.(.+)");

  /** The parts of a decoder layer as the library of v1.0.0 registers them. */
  private static final List<String> LAYER_PARTS =
      List.of(
          "self_attn.q_proj.",
          "self_attn.k_proj.",
          "self_attn.v_proj.",
          "self_attn.o_proj.",
          "self_attn.rotary_emb.",
          "mlp.gate_proj.",
          "mlp.down_proj.",
          "mlp.up_proj.",
          "input_layernorm.",
          "post_attention_layernorm.");

  /** Where a name belongs: group, then layer, then part; equal places keep their order. */
  private record Place(String name, int group, int layer, int part) {
    static final Comparator<Place> ORDER =
        Comparator.comparingInt(Place::group)
            .thenComparingInt(Place::layer)
            .thenComparingInt(Place::part);
  }

  private StateDictOrder() {}

  static List<String> sorted(Collection<String> names) {
    List<Place> places = new ArrayList<>();
    for (String name : names) {
      places.add(place(name));
    }
    places.sort(Place.ORDER); // stable
    return places.stream().map(Place::name).toList();
  }

  private static Place place(String name) {
    if (name.contains("vision_tower") || name.contains("vision_model")) {
      return new Place(name, 4, 0, 0);
    }
    if (name.endsWith("embed_tokens.weight")) {
      return new Place(name, 0, 0, 0);
    }
    Matcher layer = LAYER.matcher(name);
    if (layer.matches()) {
      return new Place(name, 1, Integer.parseInt(layer.group(1)), part(layer.group(2)));
    }
    if (name.endsWith("model.norm.weight")) {
      return new Place(name, 2, 0, 0);
    }
    if (name.contains("mm_projector.")) {
      return new Place(name, 3, 0, projectorPart(name));
    }
    return new Place(name, name.endsWith("lm_head.weight") ? 5 : 4, 0, 0);
  }

  private static int part(String rest) {
    for (int i = 0; i < LAYER_PARTS.size(); i++) {
      if (rest.startsWith(LAYER_PARTS.get(i))) {
        return i;
      }
    }
    return LAYER_PARTS.size();
  }

  /** Weight before bias for the one linear layer of v1.0.0; others stay as they are. */
  private static int projectorPart(String name) {
    return name.endsWith("mm_projector.bias") ? 1 : 0;
  }
}
