package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.Activation;
import org.bytedeco.pytorch.Tensor;

/** The decoder's gated MLP. */
final class FeedForward {
  private final Activation activation;
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  FeedForward(ModelContext context, Activation activation, String prefix) {
    this.activation = activation;
    this.gate = context.linear(prefix + "gate_proj");
    this.up = context.linear(prefix + "up_proj");
    this.down = context.linear(prefix + "down_proj");
  }

  Tensor forward(Tensor x) { // [b, s, c]
    Tensor gated = Activations.apply(activation, gate.forward(x)); // [b, s, i]
    return down.forward(gated.mul(up.forward(x))); // [b, s, c]
  }
}
