package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.training.RankContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;

/** Processes that talk through Gloo, libtorch's library for CPUs. Confined to one thread. */
final class GlooGroup implements ProcessGroup {
  private static final long MEETING_MILLIS = 60_000;

  /** A rank may write a checkpoint of a large model while the others wait. */
  private static final long MESSAGE_MILLIS = 1_800_000;

  private final int worldSize;
  private final PrefixStore store; // kept: the group uses it
  private final ProcessGroupGloo group;

  private GlooGroup(int worldSize, PrefixStore store, ProcessGroupGloo group) {
    this.worldSize = worldSize;
    this.store = store;
    this.group = group;
  }

  static GlooGroup join(RankContext context) {
    try {
      TCPStoreOptions options = new TCPStoreOptions();
      options.port((short) context.masterPort());
      options.isServer(context.isMain());
      options.numWorkers(new SizeTPointer(1).put(context.worldSize()));
      options.waitWorkers(true);
      options.timeout(new Milliseconds(MEETING_MILLIS));
      // A fresh store may be wrapped once only; this one is not used again.
      PrefixStore store =
          new PrefixStore("llavamed", new TCPStore(context.masterAddress(), options));
      ProcessGroupGloo.Options gloo =
          ProcessGroupGloo.Options.create(new Milliseconds(MESSAGE_MILLIS));
      boolean local = InetAddress.getByName(context.masterAddress()).isLoopbackAddress();
      gloo.devices()
          .push_back(
              local
                  ? ProcessGroupGloo.createDeviceForHostname(context.masterAddress())
                  : ProcessGroupGloo.createDefaultDevice());
      gloo.threads(2);
      ProcessGroupGloo group =
          new ProcessGroupGloo(store, context.rank(), context.worldSize(), gloo);
      return new GlooGroup(context.worldSize(), store, group);
    } catch (UnknownHostException | RuntimeException | LinkageError e) {
      throw new BackendUnavailableException(
          "rank %d of %d cannot meet the others at %s:%d: %s"
              .formatted(
                  context.rank(),
                  context.worldSize(),
                  context.masterAddress(),
                  context.masterPort(),
                  LibTorch.firstLine(e)),
          e);
    }
  }

  @Override
  public void averageGradients(ParamStore params) {
    Scopes.runNoGrad(
        () -> {
          for (String name : params.trainableNames()) {
            Tensor parameter = params.get(name);
            if (!parameter.grad().defined()) {
              parameter.mutable_grad().put(torch.zeros_like(parameter));
            }
            Tensor gradient = parameter.grad();
            addUp(gradient);
            gradient.div_(new Scalar((double) worldSize));
          }
        });
  }

  @Override
  public double[] sum(double... values) {
    double[] sums = new double[values.length];
    Scopes.runNoGrad(
        () -> {
          Tensor all = Tensor.create(values, values.length);
          addUp(all);
          all.data_ptr_double().get(sums);
        });
    return sums;
  }

  private void addUp(Tensor tensor) {
    try (Work work = group.allreduce(new TensorVector(tensor))) {
      work._wait();
    }
  }

  @Override
  public void barrier() {
    try (Work work = group.barrier()) {
      work._wait();
    }
  }

  @Override
  public void close() {
    group.close();
    store.close();
  }
}
