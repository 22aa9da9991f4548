package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.trainer.internal.nn.DecoderLayer;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a decoder, by canonical name, with the shapes that its configuration gives. */
final class ModelShapes {
  private ModelShapes() {}

  /** Returns the tensors before the projector: embedding, layers, final norm. */
  static Map<String, long[]> body(LanguageModelConfig config, long rows) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long hidden = config.hiddenSize();
    long heads = (long) config.numAttentionHeads() * config.headDim();
    long kvHeads = (long) config.numKeyValueHeads() * config.headDim();
    long wide = config.intermediateSize();
    shapes.put(LlavaForConditionalGeneration.EMBED_TOKENS, new long[] {rows, hidden});
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      String prefix = DecoderLayer.prefix(i);
      shapes.put(prefix + "self_attn.q_proj.weight", new long[] {heads, hidden});
      shapes.put(prefix + "self_attn.k_proj.weight", new long[] {kvHeads, hidden});
      shapes.put(prefix + "self_attn.v_proj.weight", new long[] {kvHeads, hidden});
      shapes.put(prefix + "self_attn.o_proj.weight", new long[] {hidden, heads});
      shapes.put(prefix + "mlp.gate_proj.weight", new long[] {wide, hidden});
      shapes.put(prefix + "mlp.down_proj.weight", new long[] {hidden, wide});
      shapes.put(prefix + "mlp.up_proj.weight", new long[] {wide, hidden});
      shapes.put(prefix + "input_layernorm.weight", new long[] {hidden});
      shapes.put(prefix + "post_attention_layernorm.weight", new long[] {hidden});
    }
    shapes.put(LlavaForConditionalGeneration.FINAL_NORM, new long[] {hidden});
    return shapes;
  }
}
