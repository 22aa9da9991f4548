package io.github.llavamed.trainer.internal.nn;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Divides by the root of the mean square, in float32, then scales. */
final class RmsNorm {
  private final ModelContext context;
  private final String name;
  private final double eps;

  RmsNorm(ModelContext context, String name, double eps) {
    this.context = context;
    this.name = name;
    this.eps = eps;
  }

  Tensor forward(Tensor x) { // [.., c]
    long[] last = {x.size(-1)};
    Tensor normed =
        torch.rms_norm(x.to(ScalarType.Float), last, null, new DoubleOptional(eps)); // [.., c]
    // Cast before the weight, in this order: half precision rounds twice.
    return normed.to(x.scalar_type()).mul(context.get(name)); // [.., c]
  }
}
