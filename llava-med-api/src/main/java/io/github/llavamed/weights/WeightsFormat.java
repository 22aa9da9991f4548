package io.github.llavamed.weights;

import io.github.llavamed.checkpoint.ShardPlan;

/** The containers that the weight tools write. */
public enum WeightsFormat {
  /** {@code model.safetensors}, or numbered shards with an index. */
  SAFETENSORS(ShardPlan.DEFAULT_MAX_SHARD_BYTES),
  /**
   * {@code pytorch_model.bin}, or numbered shards with an index: what the original tools write.
   * Shards hold up to 10·10⁹ bytes, the default of the library that v1.0.0 uses.
   */
  TORCH(10_000_000_000L);

  private final long maxShardBytes;

  WeightsFormat(long maxShardBytes) {
    this.maxShardBytes = maxShardBytes;
  }

  /** Returns the bytes of data per shard if none are asked for. */
  public long defaultMaxShardBytes() {
    return maxShardBytes;
  }
}
