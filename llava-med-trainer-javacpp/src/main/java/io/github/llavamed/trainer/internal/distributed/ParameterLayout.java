package io.github.llavamed.trainer.internal.distributed;

import io.github.llavamed.trainer.internal.torch.ParamStore;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where the parameters of a run are, and how ranks share their gradients.
 *
 * <p>Every rank calls the same methods with the same names in the same order, whether it has
 * something to compute or not. Confined to one thread.
 */
public interface ParameterLayout {
  /**
   * Returns the layout of a model's tensors: cut where the store has a partition, else the same on
   * every rank.
   *
   * @param computeType the type of matrix products
   */
  static ParameterLayout of(ParamStore params, Comm comm, ScalarType computeType) {
    return params.partition() == null
        ? new ReplicatedParameters(params, comm)
        : new ShardedParameters(params, comm, computeType);
  }

  /** Returns the layout of whole tensors in a process alone. */
  static ParameterLayout alone(ParamStore params) {
    return new ReplicatedParameters(params, new SingleComm());
  }

  /** Returns whether ranks keep slices. */
  boolean isSharded();

  /** Returns what the optimiser steps over: the tensors, or this rank's slices of them. */
  ParamStore held();

  /** Brings tensors in, for computing; those of matrix products in the type of these. */
  void acquire(List<String> names);

  /** Brings tensors in as they are stored, for writing them to a file. */
  void acquireExact(List<String> names);

  /** Lets tensors go, with their gradients. */
  void release(List<String> names);

  /** Adds the gradients of acquired tensors to those that are held, over all ranks. */
  void reduceGradients(List<String> names);

  /** Makes the held gradients the mean over all ranks; once a step, after all micro-batches. */
  void averageGradients();

  /** Returns the Euclidean norm of all gradients of the model, the same on every rank. */
  double gradientNorm();
}
