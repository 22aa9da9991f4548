package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.LanguageModelConfig;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** One layer of the decoder: attention and MLP, each behind a norm and around a residual. */
public final class DecoderLayer {
  private final RmsNorm inputNorm;
  private final GroupedQueryAttention attention;
  private final RmsNorm postAttentionNorm;
  private final FeedForward feedForward;

  DecoderLayer(ModelContext context, LanguageModelConfig config, int index) {
    String prefix = prefix(index);
    double eps = config.rmsNormEps();
    this.inputNorm = new RmsNorm(context, prefix + "input_layernorm.weight", eps);
    this.attention = new GroupedQueryAttention(context, config, prefix + "self_attn.");
    this.postAttentionNorm = new RmsNorm(context, prefix + "post_attention_layernorm.weight", eps);
    this.feedForward = new FeedForward(context, config.hiddenAct(), prefix + "mlp.");
  }

  /** Returns what the names of a layer's tensors start with. */
  public static String prefix(int index) {
    return "model.layers." + index + ".";
  }

  /** Runs the layer over whole sequences. // [b, s, c] */
  public Tensor forward(Tensor x, RotaryEmbedding.Angles angles, AttentionMask mask) {
    return forward(x, angles, mask, null);
  }

  /** Runs the layer over new positions behind those of a cache, which takes them in. */
  public Tensor forward(
      Tensor x, RotaryEmbedding.Angles angles, AttentionMask mask, @Nullable KvCache cache) {
    Tensor h = x.add(attention.forward(inputNorm.forward(x), angles, mask, cache)); // [b, s, c]
    return h.add(feedForward.forward(postAttentionNorm.forward(h))); // [b, s, c]
  }
}
