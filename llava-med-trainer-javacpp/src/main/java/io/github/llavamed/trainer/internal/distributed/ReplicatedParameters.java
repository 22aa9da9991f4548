package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** All tensors on every rank; gradients are averaged once a step. */
final class ReplicatedParameters implements ParameterLayout {
  private final ParamStore params;
  private final Comm comm;

  ReplicatedParameters(ParamStore params, Comm comm) {
    this.params = params;
    this.comm = comm;
  }

  @Override
  public boolean isSharded() {
    return false;
  }

  @Override
  public ParamStore held() {
    return params;
  }

  @Override
  public void acquire(List<String> names) {}

  @Override
  public void acquireExact(List<String> names) {}

  @Override
  public void release(List<String> names) {}

  @Override
  public void reduceGradients(List<String> names) {}

  /** A missing gradient counts as zeros: another rank may have one. */
  @Override
  public void averageGradients() {
    if (comm.worldSize() == 1) {
      return;
    }
    Scopes.runNoGrad(
        () -> {
          for (String name : params.trainableNames()) {
            Tensor parameter = params.get(name);
            if (!parameter.grad().defined()) {
              parameter.mutable_grad().put(torch.zeros_like(parameter));
            }
            Tensor gradient = parameter.grad();
            comm.allReduce(gradient);
            gradient.div_(new Scalar((double) comm.worldSize()));
          }
        });
  }

  @Override
  public double gradientNorm() {
    return Gradients.norm(params);
  }
}
