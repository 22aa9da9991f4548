package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import java.util.Map;

/** The activation names of Hugging Face configurations that this library computes. */
final class ActivationNames {
  /** Source: {@code ACT2FN} of transformers; {@code gelu_new} is the tanh formula written out. */
  static final Map<String, Activation> ALL =
      Map.of(
          "quick_gelu", Activation.QUICK_GELU,
          "gelu", Activation.GELU,
          "gelu_new", Activation.GELU_TANH,
          "gelu_pytorch_tanh", Activation.GELU_TANH,
          "silu", Activation.SILU,
          "swish", Activation.SILU,
          "relu", Activation.RELU);

  private ActivationNames() {}
}
