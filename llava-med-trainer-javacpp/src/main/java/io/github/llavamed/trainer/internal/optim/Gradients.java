package io.github.llavamed.trainer.internal.optim;

import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The gradients of a store's trainable tensors: their norm, clipping, clearing. */
public final class Gradients {
  /** What is added to the norm before dividing, {@code torch.nn.utils.clip_grad_norm_}. */
  private static final double EPSILON = 1e-6;

  private Gradients() {}

  /** Returns the Euclidean norm over all gradients. */
  public static double norm(ParamStore params) {
    double[] result = new double[1];
    Scopes.runNoGrad(
        () -> {
          TensorVector norms = new TensorVector();
          for (String name : params.trainableNames()) {
            Tensor gradient = params.get(name).grad();
            if (gradient.defined()) {
              norms.push_back(gradient.norm());
            }
          }
          result[0] = norms.empty() ? 0 : torch.stack(norms).norm().item_double();
        });
    return result[0];
  }

  /** Scales all gradients so that a norm becomes at most {@code maxNorm}. */
  public static void clip(ParamStore params, double norm, double maxNorm) {
    double factor = maxNorm / (norm + EPSILON);
    if (factor >= 1) {
      return;
    }
    Scopes.runNoGrad(
        () -> {
          for (String name : params.trainableNames()) {
            Tensor gradient = params.get(name).grad();
            if (gradient.defined()) {
              gradient.mul_(new Scalar(factor));
            }
          }
        });
  }

  /** Forgets all gradients. */
  public static void clear(ParamStore params) {
    Scopes.runNoGrad(
        () -> params.trainableNames().forEach(name -> params.get(name).mutable_grad().reset()));
  }
}
