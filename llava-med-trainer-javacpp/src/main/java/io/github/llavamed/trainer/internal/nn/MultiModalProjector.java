package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.ProjectorConfig;
import org.bytedeco.pytorch.Tensor;

/** Maps image features to the decoder's width: linear layers with activations between them. */
public final class MultiModalProjector {
  /** What the names of its tensors start with. */
  public static final String PREFIX = "model.mm_projector.";

  private final ModelContext context;
  private final ProjectorConfig config;

  MultiModalProjector(ModelContext context, ProjectorConfig config) {
    this.context = context;
    this.config = config;
  }

  Tensor forward(Tensor features) { // [n, p, w]
    Tensor x = features;
    for (int i = 0; i < config.depth(); i++) {
      if (i > 0) {
        x = Activations.apply(config.activation(), x);
      }
      // The modules are numbered with the activations between them.
      x = context.linear(PREFIX + 2 * i).forward(x); // [n, p, c]
    }
    return x;
  }
}
