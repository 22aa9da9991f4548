package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.RankContext;

/** The processes of a run. Every rank calls the same methods in the same order. */
public interface ProcessGroup extends AutoCloseable {
  /** A process alone: nothing to exchange. */
  ProcessGroup SINGLE =
      new ProcessGroup() {
        @Override
        public void averageGradients(ParamStore params) {}

        @Override
        public double[] sum(double... values) {
          return values;
        }

        @Override
        public void barrier() {}

        @Override
        public void close() {}
      };

  /**
   * Meets the other ranks; returns when all are there.
   *
   * @throws BackendUnavailableException if they do not come within a minute, or the device is not
   *     the CPU
   */
  static ProcessGroup join(RankContext context, String device) {
    if (context.worldSize() == 1) {
      return SINGLE;
    }
    if (!device.equals("cpu")) {
      throw new BackendUnavailableException(
          "several processes: expected device 'cpu', found '%s'".formatted(device), null);
    }
    return GlooGroup.join(context);
  }

  /** Replaces each rank's gradients by the mean over all ranks; a missing one counts as zeros. */
  void averageGradients(ParamStore params);

  /** Returns the sums over all ranks. */
  double[] sum(double... values);

  /** Waits until all ranks are here. */
  void barrier();

  @Override
  void close();
}
