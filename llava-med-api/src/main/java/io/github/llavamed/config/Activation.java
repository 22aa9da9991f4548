package io.github.llavamed.config;

/** Activation functions of towers, projectors and decoders, by their Hugging Face names. */
public enum Activation {
  /** {@code x * sigmoid(1.702 x)}. */
  QUICK_GELU,
  /** Exact GELU with the error function. */
  GELU,
  /** GELU by the tanh approximation. */
  GELU_TANH,
  /** {@code x * sigmoid(x)}. */
  SILU,
  /** {@code max(x, 0)}. */
  RELU
}
