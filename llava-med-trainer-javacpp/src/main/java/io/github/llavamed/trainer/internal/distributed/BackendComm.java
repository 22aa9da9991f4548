package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.training.RankContext;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Messages through one of libtorch's communication libraries, which share their interface. */
abstract class BackendComm implements Comm {
  private static final long MEETING_MILLIS = 60_000;

  /** A rank may write a checkpoint of a large model while the others wait. */
  static final long MESSAGE_MILLIS = 1_800_000;

  private final RankContext context;
  private final PrefixStore store; // kept: the backend uses it
  private final Backend backend;
  private final Device device;

  BackendComm(RankContext context, PrefixStore store, Backend backend, String device) {
    this.context = context;
    this.store = store;
    this.backend = backend;
    this.device = new Device(device);
  }

  /** Returns where ranks find each other's addresses: rank 0 listens, the others connect. */
  static PrefixStore meet(RankContext context) {
    TCPStoreOptions options = new TCPStoreOptions();
    options.port((short) context.masterPort());
    options.isServer(context.isMain());
    options.numWorkers(new SizeTPointer(1).put(context.worldSize()));
    options.waitWorkers(true);
    options.timeout(new Milliseconds(MEETING_MILLIS));
    // A fresh store may be wrapped once only; this one is not used again.
    return new PrefixStore("llavamed", new TCPStore(context.masterAddress(), options));
  }

  /** Returns how a failure to meet is told. */
  static String cannotMeet(RankContext context, String why) {
    return "rank %d of %d cannot meet the others at %s:%d: %s"
        .formatted(
            context.rank(),
            context.worldSize(),
            context.masterAddress(),
            context.masterPort(),
            why);
  }

  @Override
  public final int rank() {
    return context.rank();
  }

  @Override
  public final int worldSize() {
    return context.worldSize();
  }

  @Override
  public final void allReduce(Tensor tensor) {
    try (TensorVector tensors = new TensorVector(tensor)) {
      await(backend.allreduce(tensors));
    }
  }

  @Override
  public final void allGather(Tensor whole, Tensor part) {
    await(backend._allgather_base(whole, part));
  }

  @Override
  public final void reduceScatter(Tensor part, Tensor whole) {
    await(backend._reduce_scatter_base(part, whole));
  }

  @Override
  public final double[] sum(double... values) {
    double[] sums = new double[values.length];
    Scopes.runNoGrad(
        () -> {
          Tensor all = Tensor.create(values, values.length).to(device, ScalarType.Double);
          allReduce(all);
          all.cpu().data_ptr_double().get(sums);
        });
    return sums;
  }

  @Override
  public final void barrier() {
    await(backend.barrier());
  }

  private static void await(Work work) {
    try (work) {
      work._wait();
    }
  }

  @Override
  public final void close() {
    backend.close();
    store.close();
    device.close();
  }
}
