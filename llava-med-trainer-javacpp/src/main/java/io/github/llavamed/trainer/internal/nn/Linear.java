package io.github.llavamed.trainer.internal.nn;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** {@code x Wᵀ + b} in the compute type, plus {@code (x Aᵀ) Bᵀ} scaled if there is a LoRA pair. */
final class Linear {
  private static final String LORA_A = ".lora_A.weight";
  private static final String LORA_B = ".lora_B.weight";

  private final ModelContext context;
  private final String prefix;
  private final boolean bias;
  private final boolean lora;

  Linear(ModelContext context, String prefix) {
    this.context = context;
    this.prefix = prefix;
    this.bias = context.params().contains(prefix + ".bias");
    this.lora = context.params().contains(prefix + LORA_A);
  }

  /** Maps the last dimension. // [.., in] to [.., out] */
  Tensor forward(Tensor x) {
    ScalarType type = context.computeType();
    Tensor in = x.to(type); // [.., in]
    Tensor weight = context.get(prefix + ".weight").to(type); // [out, in]
    Tensor y =
        bias
            ? torch.linear(in, weight, context.get(prefix + ".bias").to(type))
            : torch.linear(in, weight); // [.., out]
    return lora ? y.add(lowRank(in, type)) : y;
  }

  private Tensor lowRank(Tensor in, ScalarType type) {
    LoraDropout dropout = context.loraDropout();
    Tensor kept = dropout == null ? in : dropout.apply(prefix, in); // [.., in]
    Tensor down = torch.linear(kept, context.get(prefix + LORA_A).to(type)); // [.., r]
    Tensor up = torch.linear(down, context.get(prefix + LORA_B).to(type)); // [.., out]
    return up.mul(new Scalar(context.loraScaling()));
  }
}
