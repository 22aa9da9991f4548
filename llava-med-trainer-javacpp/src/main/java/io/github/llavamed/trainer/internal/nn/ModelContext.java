package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.trainer.internal.torch.ParamStore;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a model share.
 *
 * @param params the tensors
 * @param computeType the type of matrix products; weights and inputs are cast to it on use, as
 *     autocast does
 * @param fusedAttention whether attention runs as one kernel; the CPU's kernel is nine times slower
 *     than plain products when a bfloat16 gradient is taken
 * @param loraScaling factor of low-rank additions, where the store holds some
 * @param loraDropout what zeroes some of their inputs, or null
 */
public record ModelContext(
    ParamStore params,
    ScalarType computeType,
    boolean fusedAttention,
    double loraScaling,
    @Nullable LoraDropout loraDropout) {
  /** Returns the context of a model without low-rank additions. */
  public static ModelContext of(ParamStore params, ScalarType computeType) {
    boolean cpu = params.device().is_cpu();
    return new ModelContext(params, computeType, !cpu || computeType == ScalarType.Float, 0, null);
  }

  /** Returns this context with another factor and dropout of low-rank additions. */
  public ModelContext withLora(double scaling, @Nullable LoraDropout dropout) {
    return new ModelContext(params, computeType, fusedAttention, scaling, dropout);
  }

  /** Returns a linear layer over the tensors of a prefix. */
  Linear linear(String prefix) {
    return new Linear(this, prefix);
  }

  /** Returns a parameter. */
  Tensor get(String name) {
    return params.get(name);
  }
}
