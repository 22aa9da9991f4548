package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.LanguageModelConfig;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The decoder's attention; groups of query heads share a key/value head.
 *
 * <p>Letters: b batch, s queries, t keys, h heads, k key/value heads, d head size, c hidden size.
 */
final class GroupedQueryAttention {
  private final boolean fused;
  private final long heads;
  private final long kvHeads;
  private final long headDim;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;

  GroupedQueryAttention(ModelContext context, LanguageModelConfig config, String prefix) {
    this.fused = context.fusedAttention();
    this.heads = config.numAttentionHeads();
    this.kvHeads = config.numKeyValueHeads();
    this.headDim = config.headDim();
    this.query = context.linear(prefix + "q_proj");
    this.key = context.linear(prefix + "k_proj");
    this.value = context.linear(prefix + "v_proj");
    this.output = context.linear(prefix + "o_proj");
  }

  /** Attends within x, and to the cache if there is one. */
  Tensor forward(
      Tensor x, RotaryEmbedding.Angles angles, AttentionMask mask, @Nullable KvCache cache) {
    long batch = x.size(0);
    long count = x.size(1);
    Tensor q = angles.turn(split(query.forward(x), batch, count, heads)); // [b, h, s, d]
    Tensor k = angles.turn(split(key.forward(x), batch, count, kvHeads)); // [b, k, s, d]
    Tensor v = split(value.forward(x), batch, count, kvHeads); // [b, k, s, d]
    if (cache != null) {
      cache.append(k, v);
      k = cache.keys(); // [b, k, t, d]
      v = cache.values(); // [b, k, t, d]
    }
    Tensor attended = attend(q, spread(k), spread(v), mask); // [b, h, s, d]
    Tensor joined = attended.transpose(1, 2).reshape(batch, count, heads * headDim);
    return output.forward(joined); // [b, s, c]
  }

  private Tensor split(Tensor x, long batch, long count, long parts) {
    return x.view(batch, count, parts, headDim).transpose(1, 2); // [b, parts, s, d]
  }

  private Tensor spread(Tensor x) { // [b, k, t, d]
    long group = heads / kvHeads;
    return group == 1 ? x : x.repeat_interleave(group, new LongOptional(1), null); // [b, h, t, d]
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v, AttentionMask mask) {
    Tensor allowed = mask.allowed();
    if (fused) {
      return torch.scaled_dot_product_attention(
          q,
          k,
          v,
          allowed == null ? null : new TensorOptional(allowed),
          0.0,
          mask.causal() && allowed == null,
          null,
          false); // [b, h, s, d]
    }
    Tensor scores = torch.matmul(q, k.transpose(-1, -2)); // [b, h, s, t]
    scores = scores.mul(new Scalar(1 / Math.sqrt((double) headDim)));
    if (allowed == null && mask.causal()) {
      allowed = AttentionMask.lowerTriangle(q.size(2), k.size(2), q.device()); // [s, t]
    }
    if (allowed != null) {
      scores = scores.masked_fill(allowed.logical_not(), new Scalar(Double.NEGATIVE_INFINITY));
    }
    Tensor weights = scores.softmax(-1, new ScalarTypeOptional(ScalarType.Float)); // [b, h, s, t]
    return torch.matmul(weights.to(q.scalar_type()), v); // [b, h, s, d]
  }
}
