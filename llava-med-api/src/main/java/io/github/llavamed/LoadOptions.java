package io.github.llavamed;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.prompt.OriginalQuirks;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a model is loaded, and on what it runs. Immutable. */
public final class LoadOptions {
  /** 64 MiB: six images of v1.5, 576 features of 4096 float32 each. */
  public static final long DEFAULT_IMAGE_CACHE_BYTES = 64L << 20;

  private static final LoadOptions DEFAULTS = builder().build();

  private final @Nullable String backend;
  private final BackendOptions backendOptions;
  private final VisionTowerSource visionTower;
  private final OriginalQuirks quirks;
  private final ImageLimits imageLimits;
  private final ConfigOptions configOptions;
  private final CheckpointLimits checkpointLimits;
  private final long seed;
  private final long imageCacheBytes;

  private LoadOptions(Builder builder) {
    this.backend = builder.backend;
    this.backendOptions = builder.backendOptions;
    this.visionTower = builder.visionTower;
    this.quirks = builder.quirks;
    this.imageLimits = builder.imageLimits;
    this.configOptions = builder.configOptions;
    this.checkpointLimits = builder.checkpointLimits;
    this.seed = builder.seed;
    this.imageCacheBytes = builder.imageCacheBytes;
  }

  /** Returns the defaults. */
  public static LoadOptions defaults() {
    return DEFAULTS;
  }

  /** Returns a builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds these options. */
  public Builder toBuilder() {
    Builder builder = builder();
    builder.backend = backend;
    builder.backendOptions = backendOptions;
    builder.visionTower = visionTower;
    builder.quirks = quirks;
    builder.imageLimits = imageLimits;
    builder.configOptions = configOptions;
    builder.checkpointLimits = checkpointLimits;
    builder.seed = seed;
    builder.imageCacheBytes = imageCacheBytes;
    return builder;
  }

  /** Returns the id of the backend, or null for the rule of {@link LlavaMed#load(Path)}. */
  public @Nullable String backend() {
    return backend;
  }

  /** Returns what is asked of the backend. */
  public BackendOptions backendOptions() {
    return backendOptions;
  }

  /** Returns which vision tower is used. */
  public VisionTowerSource visionTower() {
    return visionTower;
  }

  /** Returns which defects of the original are reproduced. */
  public OriginalQuirks quirks() {
    return quirks;
  }

  /** Returns how much an image may ask for. */
  public ImageLimits imageLimits() {
    return imageLimits;
  }

  /** Returns how the configuration is read; the vision tower is set by {@link #visionTower}. */
  public ConfigOptions configOptions() {
    return configOptions;
  }

  /** Returns bounds on the weight files. */
  public CheckpointLimits checkpointLimits() {
    return checkpointLimits;
  }

  /** Returns what decides the draws of {@link OriginalQuirks#randomPadOffset}. */
  public long seed() {
    return seed;
  }

  /**
   * Returns how many bytes of Java memory may hold features of images that were encoded lately; 0
   * for none.
   */
  public long imageCacheBytes() {
    return imageCacheBytes;
  }

  /** Collects options; not safe for concurrent use. */
  public static final class Builder {
    private @Nullable String backend;
    private BackendOptions backendOptions = BackendOptions.defaults();
    private VisionTowerSource visionTower = VisionTowerSource.Choice.AUTOMATIC;
    private OriginalQuirks quirks = OriginalQuirks.NONE;
    private ImageLimits imageLimits = ImageLimits.defaults();
    private ConfigOptions configOptions = ConfigOptions.defaults();
    private CheckpointLimits checkpointLimits = CheckpointLimits.defaults();
    private long seed;
    private long imageCacheBytes = DEFAULT_IMAGE_CACHE_BYTES;

    private Builder() {}

    /** Sets the id of the backend, {@code onnx-cpu} …; null for the best that can run here. */
    public Builder backend(@Nullable String backend) {
      this.backend = backend;
      return this;
    }

    /** Sets what is asked of the backend: precision, device, threads, cache directory. */
    public Builder backendOptions(BackendOptions backendOptions) {
      this.backendOptions = Objects.requireNonNull(backendOptions);
      return this;
    }

    /** Sets which vision tower is used; by default the checkpoint's if it holds one. */
    public Builder visionTower(VisionTowerSource visionTower) {
      this.visionTower = Objects.requireNonNull(visionTower);
      return this;
    }

    /** Sets which defects of the original are reproduced; by default none. */
    public Builder quirks(OriginalQuirks quirks) {
      this.quirks = Objects.requireNonNull(quirks);
      return this;
    }

    /** Sets how much an image may ask for. */
    public Builder imageLimits(ImageLimits imageLimits) {
      this.imageLimits = Objects.requireNonNull(imageLimits);
      return this;
    }

    /** Sets how the configuration is read. */
    public Builder configOptions(ConfigOptions configOptions) {
      this.configOptions = Objects.requireNonNull(configOptions);
      return this;
    }

    /** Sets bounds on the weight files. */
    public Builder checkpointLimits(CheckpointLimits checkpointLimits) {
      this.checkpointLimits = Objects.requireNonNull(checkpointLimits);
      return this;
    }

    /** Sets what decides the draws of {@link OriginalQuirks#randomPadOffset}. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets how many bytes of Java memory may hold features of images that were encoded lately, so
     * that further questions about an image do not encode it again; 0 for none.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder imageCacheBytes(long imageCacheBytes) {
      if (imageCacheBytes < 0) {
        throw new IllegalArgumentException(
            "imageCacheBytes: expected 0 (none) or more, found " + imageCacheBytes);
      }
      this.imageCacheBytes = imageCacheBytes;
      return this;
    }

    /** Returns the options. */
    public LoadOptions build() {
      return new LoadOptions(this);
    }
  }
}
