package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.training.RankContext;
import org.bytedeco.pytorch.Tensor;

/**
 * The messages between the processes of a run.
 *
 * <p>Every rank calls the same methods in the same order, with tensors of the same sizes and types
 * on its own device. Confined to one thread. {@link #close()} leaves the group.
 */
public interface Comm extends AutoCloseable {
  /**
   * Meets the other ranks; returns when all are there. Devices decide the library: Gloo for the
   * CPU, NCCL for CUDA.
   *
   * @throws BackendUnavailableException if they do not come within a minute, or the library for the
   *     device is missing
   */
  static Comm join(RankContext context, String device) {
    if (context.worldSize() == 1) {
      return new SingleComm();
    }
    return device.equals("cpu") ? GlooComm.join(context) : NcclComm.join(context, device);
  }

  /** Returns this process's number, from 0. */
  int rank();

  /** Returns the number of processes. */
  int worldSize();

  /** Replaces a tensor by its sum over all ranks, the same bits on each. */
  void allReduce(Tensor tensor);

  /**
   * Joins the parts of all ranks, by rank.
   *
   * @param whole takes them // [world * n]
   * @param part this rank's // [n]
   */
  void allGather(Tensor whole, Tensor part);

  /**
   * Adds up over all ranks and gives each its own part of the sum.
   *
   * @param part takes this rank's // [n]
   * @param whole what this rank adds; its contents are lost // [world * n]
   */
  void reduceScatter(Tensor part, Tensor whole);

  /** Returns the sums over all ranks, in double precision. */
  double[] sum(double... values);

  /** Waits until all ranks are here. */
  void barrier();

  @Override
  void close();
}
