package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.RankContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;

/** Messages through Gloo, libtorch's library for CPUs. */
final class GlooComm extends BackendComm {
  private static final int THREADS = 2;

  private GlooComm(RankContext context, PrefixStore store, ProcessGroupGloo group) {
    super(context, store, group, "cpu");
  }

  static GlooComm join(RankContext context) {
    try {
      PrefixStore store = meet(context);
      ProcessGroupGloo.Options gloo =
          ProcessGroupGloo.Options.create(new Milliseconds(MESSAGE_MILLIS));
      boolean local = InetAddress.getByName(context.masterAddress()).isLoopbackAddress();
      gloo.devices()
          .push_back(
              local
                  ? ProcessGroupGloo.createDeviceForHostname(context.masterAddress())
                  : ProcessGroupGloo.createDefaultDevice());
      gloo.threads(THREADS);
      return new GlooComm(
          context, store, new ProcessGroupGloo(store, context.rank(), context.worldSize(), gloo));
    } catch (UnknownHostException | RuntimeException | LinkageError e) {
      throw new BackendUnavailableException(cannotMeet(context, LibTorch.firstLine(e)), e);
    }
  }
}
