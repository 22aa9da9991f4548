package io.github.llavamed.weights;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.DType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a weight tool computes and writes. Immutable. */
public final class WeightsOptions {
  private static final WeightsOptions DEFAULTS = builder().build();

  private final @Nullable DType dtype;
  private final WeightsFormat format;
  private final long maxShardBytes;
  private final boolean keepInvFreq;
  private final boolean upgradeConfig;
  private final boolean overwrite;
  private final boolean verify;
  private final ProgressListener listener;
  private final CheckpointLimits limits;

  private WeightsOptions(Builder builder) {
    this.dtype = builder.dtype;
    this.format = builder.format;
    this.maxShardBytes = builder.maxShardBytes;
    this.keepInvFreq = builder.keepInvFreq;
    this.upgradeConfig = builder.upgradeConfig;
    this.overwrite = builder.overwrite;
    this.verify = builder.verify;
    this.listener = builder.listener;
    this.limits = builder.limits;
  }

  /** Returns the defaults: each tool's own element type, safetensors, nothing overwritten. */
  public static WeightsOptions defaults() {
    return DEFAULTS;
  }

  /** Returns a builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds these options. */
  public Builder toBuilder() {
    Builder builder = builder();
    builder.dtype = dtype;
    builder.format = format;
    builder.maxShardBytes = maxShardBytes;
    builder.keepInvFreq = keepInvFreq;
    builder.upgradeConfig = upgradeConfig;
    builder.overwrite = overwrite;
    builder.verify = verify;
    builder.listener = listener;
    builder.limits = limits;
    return builder;
  }

  /** Returns the element type of the output, or empty for the tool's own. */
  public Optional<DType> dtype() {
    return Optional.ofNullable(dtype);
  }

  /** Returns the container of the output. */
  public WeightsFormat format() {
    return format;
  }

  /** Returns the bytes of data per shard. */
  public long maxShardBytes() {
    return maxShardBytes == 0 ? format.defaultMaxShardBytes() : maxShardBytes;
  }

  /** Returns whether rotary frequencies are written where an input has them. */
  public boolean keepInvFreq() {
    return keepInvFreq;
  }

  /** Returns whether an old configuration may be upgraded in the output. */
  public boolean upgradeConfig() {
    return upgradeConfig;
  }

  /** Returns whether an existing output may be replaced. */
  public boolean overwrite() {
    return overwrite;
  }

  /** Returns whether the written tensors are read again and compared. */
  public boolean verify() {
    return verify;
  }

  /** Returns who hears of the progress. */
  public ProgressListener listener() {
    return listener;
  }

  /** Returns what the input files may ask for. */
  public CheckpointLimits limits() {
    return limits;
  }

  /** Settings of a weight tool. Confined to one thread. */
  public static final class Builder {
    private @Nullable DType dtype;
    private WeightsFormat format = WeightsFormat.SAFETENSORS;
    private long maxShardBytes;
    private boolean keepInvFreq = true;
    private boolean upgradeConfig;
    private boolean overwrite;
    private boolean verify;
    private ProgressListener listener = ProgressListener.none();
    private CheckpointLimits limits = CheckpointLimits.defaults();

    private Builder() {}

    /**
     * Sets the element type of the output, in which the tool also computes.
     *
     * @param type {@link DType#F16}, {@link DType#BF16}, {@link DType#F32}, or null for the tool's
     *     own: F16 for deltas and consolidation as in the original, that of the input elsewhere
     * @throws IllegalArgumentException for other types
     */
    public Builder dtype(@Nullable DType type) {
      if (type != null && type != DType.F16 && type != DType.BF16 && type != DType.F32) {
        throw new IllegalArgumentException("dtype: expected F16, BF16 or F32, found " + type);
      }
      dtype = type;
      return this;
    }

    /** Sets the container of a model that is written, default safetensors. */
    public Builder format(WeightsFormat container) {
      format = container;
      return this;
    }

    /**
     * Sets the bytes of data per shard; the default depends on the {@linkplain
     * WeightsFormat#defaultMaxShardBytes() format}.
     *
     * @param bytes &gt; 0
     */
    public Builder maxShardBytes(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("maxShardBytes: expected > 0, found " + bytes);
      }
      maxShardBytes = bytes;
      return this;
    }

    /**
     * Sets whether {@code rotary_emb.inv_freq} buffers are written where an input has them, default
     * true. They are recomputed in float32, as models do that have no such buffer; those of a delta
     * are zero.
     */
    public Builder keepInvFreq(boolean kept) {
      keepInvFreq = kept;
      return this;
    }

    /**
     * Sets whether a configuration that calls a model with a projector something other than {@code
     * llava} is corrected in the output, default false: such a model is refused. The original asks
     * on the terminal and rewrites the input; here the input is never changed.
     */
    public Builder upgradeConfig(boolean allowed) {
      upgradeConfig = allowed;
      return this;
    }

    /**
     * Sets whether an output that exists is replaced, default false. In a directory, the weights,
     * the configuration and files of the same names are replaced; other files stay.
     */
    public Builder overwrite(boolean allowed) {
      overwrite = allowed;
      return this;
    }

    /** Sets whether all written tensors are read again and their checksums compared. */
    public Builder verify(boolean wanted) {
      verify = wanted;
      return this;
    }

    /** Sets who hears of the progress, default no one. */
    public Builder listener(ProgressListener hearer) {
      listener = hearer;
      return this;
    }

    /** Sets what the input files may ask for. */
    public Builder limits(CheckpointLimits bounds) {
      limits = bounds;
      return this;
    }

    /** Returns the options. */
    public WeightsOptions build() {
      return new WeightsOptions(this);
    }
  }
}
