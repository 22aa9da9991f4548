package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Zeroes a share of the inputs of low-rank additions and scales up the rest, as peft does.
 *
 * <p>What is zeroed follows from the run's seed, the micro-batch, the rank and the layer alone: a
 * layer that is computed again drops the same places, and so does a run that goes on. Off until
 * {@link #begin}. Confined to one thread.
 */
public final class LoraDropout {
  /** Spreads neighbouring numbers over all bits; from SplitMix64. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
  private static final long MIX_2 = 0x94D049BB133111EBL;

  private final double share;
  private final long seed;
  private boolean active;
  private long microBatchSeed;

  /**
   * Creates it, switched off.
   *
   * @param share of the inputs that are zeroed, 0 to 1
   */
  public LoraDropout(double share, long seed) {
    this.share = share;
    this.seed = seed;
  }

  /** Switches it on for a micro-batch, by its number over all epochs. */
  public void begin(long microBatch, int rank) {
    active = share > 0;
    microBatchSeed = mix(mix(seed + STEP * microBatch) + STEP * rank);
  }

  /** Returns the input of the layer of that name with some elements zeroed. // [.., in] */
  Tensor apply(String layer, Tensor x) {
    if (!active) {
      return x;
    }
    Tensor mask;
    try (NoGradGuard guard = new NoGradGuard()) {
      // libtorch seeds from 32 bits.
      long bits = mix(microBatchSeed + layer.hashCode()) >>> Integer.SIZE;
      Generator generator = torch.make_generator_cpu(bits);
      mask =
          torch
              .empty(TensorTransfer.sizes(x))
              .bernoulli_(1 - share, new GeneratorOptional(generator))
              .div_(new Scalar(1 - share))
              .to(x.device(), x.scalar_type()); // [.., in]
    }
    return x.mul(mask);
  }

  private static long mix(long value) {
    long z = value + STEP;
    z = (z ^ (z >>> 30)) * MIX_1;
    z = (z ^ (z >>> 27)) * MIX_2;
    return z ^ (z >>> 31);
  }
}
