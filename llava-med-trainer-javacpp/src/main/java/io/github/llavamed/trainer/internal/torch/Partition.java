package io.github.llavamed.trainer.internal.torch;

import java.util.function.Predicate;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * How tensors are cut into one slice per rank.
 *
 * <p>A tensor of n elements is laid out flat and cut into slices of {@code ceil(n / ranks)}; the
 * last ones are filled up with zeros. A file of slices can therefore be read by any number of
 * ranks.
 *
 * @param rank whose slices are kept
 * @param ranks number of slices, ≥ 1
 * @param covers which tensors, by name, are cut; others stay whole
 */
public record Partition(int rank, int ranks, Predicate<String> covers) {
  /** Returns the elements of a slice. */
  public static long sliceLength(long elements, int ranks) {
    return (elements + ranks - 1) / ranks;
  }

  /** Returns where this rank's slice begins, at most {@code elements}. */
  public long first(long elements) {
    return Math.min(elements, rank * sliceLength(elements, ranks));
  }

  /** Returns the elements of this rank's slice that are not filling. */
  public long count(long elements) {
    return Math.min(sliceLength(elements, ranks), elements - first(elements));
  }

  /** Returns a copy of this rank's slice; the caller closes it. // [c] */
  Tensor slice(Tensor whole) {
    long elements = whole.numel();
    long filling = sliceLength(elements, ranks) - count(elements);
    return Scopes.keepNoGrad(
        () -> {
          Tensor flat = whole.detach().reshape(-1); // [n]
          Tensor mine = flat.narrow(0, first(elements), count(elements));
          return filling == 0
              ? mine.clone()
              : torch.cat(new TensorVector(mine, mine.new_zeros(filling)), 0); // [c]
        });
  }

  /** Returns a tensor of the same shape and type without memory; the caller closes it. */
  static Tensor placeholder(Tensor whole) {
    return Scopes.keepNoGrad(
        () ->
            torch.empty(
                TensorTransfer.sizes(whole),
                new TensorOptions(whole.scalar_type())
                    .device(new DeviceOptional(new Device("meta"))),
                null));
  }
}
