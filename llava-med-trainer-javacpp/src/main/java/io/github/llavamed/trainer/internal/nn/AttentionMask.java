package io.github.llavamed.trainer.internal.nn;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Which keys each query may see.
 *
 * @param allowed true where it may, or null if only order decides // [b or 1, 1, s, t]
 * @param causal whether a query sees no key after it; with {@code allowed} that is part of it
 */
public record AttentionMask(@Nullable Tensor allowed, boolean causal) {
  /** Every query sees every key. */
  public static final AttentionMask NONE = new AttentionMask(null, false);

  /** A query sees the keys up to its own position; as many queries as keys. */
  public static final AttentionMask CAUSAL = new AttentionMask(null, true);

  /** Returns a causal mask that also hides the keys where {@code keys} is false. // [b, s] */
  public static AttentionMask causalWith(Tensor keys) {
    Tensor order = lowerTriangle(keys.size(1), keys.size(1), keys.device()); // [s, s]
    return new AttentionMask(keys.unsqueeze(1).unsqueeze(1).logical_and(order), true);
  }

  /**
   * Returns the mask of the last {@code queries} of {@code keys} positions.
   *
   * @param window how many positions back a query sees, itself included, or null for all
   */
  public static AttentionMask continuing(
      long queries, long keys, @Nullable Integer window, Device device) {
    if (window != null && keys > window) {
      Tensor order = lowerTriangle(queries, keys, device); // [s, t]
      Tensor far = order.tril(keys - queries - window); // [s, t]
      return new AttentionMask(
          order.logical_and(far.logical_not()).unsqueeze(0).unsqueeze(0), true);
    }
    if (queries == 1) {
      return NONE;
    }
    if (queries == keys) {
      return CAUSAL;
    }
    Tensor order = lowerTriangle(queries, keys, device);
    return new AttentionMask(order.unsqueeze(0).unsqueeze(0), true);
  }

  static Tensor lowerTriangle(long queries, long keys, Device device) {
    Tensor ones = torch.ones(new long[] {queries, keys}, new TensorOptions(ScalarType.Bool));
    return ones.tril(keys - queries).to(device, ScalarType.Bool); // [s, t]
  }
}
