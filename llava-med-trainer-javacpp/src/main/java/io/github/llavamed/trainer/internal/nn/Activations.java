package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.Activation;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The activation functions that configurations name. */
final class Activations {
  /** The slope of CLIP's approximation of GELU, {@code clip/model.py} of openai/CLIP. */
  private static final double QUICK_GELU_SLOPE = 1.702;

  private Activations() {}

  /** Applies an activation to each element. */
  static Tensor apply(Activation activation, Tensor x) {
    return switch (activation) {
      case QUICK_GELU -> x.mul(torch.sigmoid(x.mul(new Scalar(QUICK_GELU_SLOPE))));
      case GELU -> torch.gelu(x, "none");
      case GELU_TANH -> torch.gelu(x, "tanh");
      case SILU -> torch.silu(x);
      case RELU -> torch.relu(x);
    };
  }
}
