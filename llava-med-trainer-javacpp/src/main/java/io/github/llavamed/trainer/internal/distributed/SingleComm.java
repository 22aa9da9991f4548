package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.trainer.internal.torch.Scopes;
import org.bytedeco.pytorch.Tensor;

/** A process alone: nothing to exchange. */
final class SingleComm implements Comm {
  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int worldSize() {
    return 1;
  }

  @Override
  public void allReduce(Tensor tensor) {}

  @Override
  public void allGather(Tensor whole, Tensor part) {
    Scopes.runNoGrad(() -> whole.copy_(part));
  }

  @Override
  public void reduceScatter(Tensor part, Tensor whole) {
    Scopes.runNoGrad(() -> part.copy_(whole));
  }

  @Override
  public double[] sum(double... values) {
    return values.clone();
  }

  @Override
  public void barrier() {}

  @Override
  public void close() {}
}
