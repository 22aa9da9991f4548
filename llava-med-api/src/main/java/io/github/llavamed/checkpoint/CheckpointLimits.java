package io.github.llavamed.checkpoint;

/**
 * How much a checkpoint may ask of a reader before it is refused.
 *
 * <p>The defaults are far above any published model of this family (a 7B checkpoint has about 700
 * tensors, a header of 90 KB, a pickle of 60 KB). Immutable.
 *
 * @param headerBytes bytes of a safetensors header, of an index file, or of a zip directory;
 *     default 100,000,000, the limit of the safetensors library
 * @param tensors tensors of a checkpoint, default 100,000
 * @param rank dimensions of a tensor, default 64, the limit of torch
 * @param nestingDepth levels of JSON or of pickled values, default 64
 * @param shards files that an index names, default 1,000
 * @param zipEntries entries of a torch archive, default 200,000
 * @param pickleBytes bytes of data.pkl, default 16 MiB
 * @param pickleObjects values that a pickle builds, default 1,000,000
 * @param expandedBytes size of a tensor that is larger than its storage (stride 0), default 64 MiB
 */
public record CheckpointLimits(
    int headerBytes,
    int tensors,
    int rank,
    int nestingDepth,
    int shards,
    int zipEntries,
    int pickleBytes,
    int pickleObjects,
    long expandedBytes) {
  private static final CheckpointLimits DEFAULTS =
      new CheckpointLimits(
          100_000_000, 100_000, 64, 64, 1_000, 200_000, 16 << 20, 1_000_000, 64L << 20);

  /** Checks that no limit is negative. */
  public CheckpointLimits {
    long smallest =
        Math.min(
            Math.min(Math.min(headerBytes, tensors), Math.min(rank, nestingDepth)),
            Math.min(
                Math.min(shards, zipEntries),
                Math.min(Math.min(pickleBytes, pickleObjects), expandedBytes)));
    if (smallest < 0) {
      throw new IllegalArgumentException("limits: expected values >= 0, found " + smallest);
    }
  }

  /** Returns the default limits. */
  public static CheckpointLimits defaults() {
    return DEFAULTS;
  }

  /** Returns a builder that starts with these limits. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Changes single limits. Confined to one thread. */
  public static final class Builder {
    private int headerBytes;
    private int tensors;
    private int rank;
    private int nestingDepth;
    private int shards;
    private int zipEntries;
    private int pickleBytes;
    private int pickleObjects;
    private long expandedBytes;

    private Builder(CheckpointLimits limits) {
      headerBytes = limits.headerBytes;
      tensors = limits.tensors;
      rank = limits.rank;
      nestingDepth = limits.nestingDepth;
      shards = limits.shards;
      zipEntries = limits.zipEntries;
      pickleBytes = limits.pickleBytes;
      pickleObjects = limits.pickleObjects;
      expandedBytes = limits.expandedBytes;
    }

    /** Sets {@link CheckpointLimits#headerBytes()}. */
    public Builder headerBytes(int limit) {
      headerBytes = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#tensors()}. */
    public Builder tensors(int limit) {
      tensors = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#rank()}. */
    public Builder rank(int limit) {
      rank = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#nestingDepth()}. */
    public Builder nestingDepth(int limit) {
      nestingDepth = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#shards()}. */
    public Builder shards(int limit) {
      shards = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#zipEntries()}. */
    public Builder zipEntries(int limit) {
      zipEntries = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#pickleBytes()}. */
    public Builder pickleBytes(int limit) {
      pickleBytes = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#pickleObjects()}. */
    public Builder pickleObjects(int limit) {
      pickleObjects = limit;
      return this;
    }

    /** Sets {@link CheckpointLimits#expandedBytes()}. */
    public Builder expandedBytes(long limit) {
      expandedBytes = limit;
      return this;
    }

    /** Returns the limits. */
    public CheckpointLimits build() {
      return new CheckpointLimits(
          headerBytes,
          tensors,
          rank,
          nestingDepth,
          shards,
          zipEntries,
          pickleBytes,
          pickleObjects,
          expandedBytes);
    }
  }
}
