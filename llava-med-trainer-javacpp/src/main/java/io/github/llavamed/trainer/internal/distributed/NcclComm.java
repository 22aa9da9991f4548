package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.RankContext;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/** Messages through NCCL, libtorch's library for CUDA devices. */
final class NcclComm extends BackendComm {
  private NcclComm(RankContext context, PrefixStore store, ProcessGroupNCCL group, String device) {
    super(context, store, group, device);
  }

  /** Loads the library before it waits for the others, so that its absence is told at once. */
  static NcclComm join(RankContext context, String device) {
    ProcessGroupNCCL.Options options = options(device);
    try {
      PrefixStore store = meet(context);
      return new NcclComm(
          context,
          store,
          new ProcessGroupNCCL(store, context.rank(), context.worldSize(), options),
          device);
    } catch (RuntimeException | LinkageError e) {
      throw new BackendUnavailableException(cannotMeet(context, LibTorch.firstLine(e)), e);
    }
  }

  private static ProcessGroupNCCL.Options options(String device) {
    try {
      return ProcessGroupNCCL.Options.create();
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new BackendUnavailableException(
          ("several processes on %s talk through NCCL, which cannot be loaded: %s; expected"
                  + " org.bytedeco:pytorch with a -gpu classifier and libnccl.so.2 on this machine;"
                  + " on the CPU ranks talk through Gloo: --device cpu")
              .formatted(device, LibTorch.firstLine(cause)),
          e);
    }
  }
}
