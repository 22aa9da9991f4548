package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateDictOrderTest {
  @Test
  void sortsAsTheOriginalModelListsItsTensors() {
    List<String> ordered = new ArrayList<>(List.of("model.embed_tokens.weight"));
    for (int layer : new int[] {0, 1, 2, 10}) {
      for (String part :
          List.of(
              "self_attn.q_proj.weight",
              "self_attn.k_proj.weight",
              "self_attn.v_proj.weight",
              "self_attn.o_proj.weight",
              "self_attn.rotary_emb.inv_freq",
              "mlp.gate_proj.weight",
              "mlp.down_proj.weight",
              "mlp.up_proj.weight",
              "input_layernorm.weight",
              "post_attention_layernorm.weight")) {
        ordered.add("model.layers." + layer + "." + part);
      }
    }
    ordered.add("model.norm.weight");
    ordered.add("model.mm_projector.weight");
    ordered.add("model.mm_projector.bias");
    ordered.add("lm_head.weight");
    List<String> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(3));

    assertThat(StateDictOrder.sorted(shuffled)).isEqualTo(ordered);
  }

  @Test
  void keepsUnknownNamesInTheirOrderBeforeTheHead() {
    assertThat(StateDictOrder.sorted(List.of("lm_head.weight", "z", "a", "model.norm.weight")))
        .containsExactly("model.norm.weight", "z", "a", "lm_head.weight");
  }
}
