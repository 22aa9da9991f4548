package io.github.llavamed.training;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How samples reach the model. Immutable. Only {@code grouping} changes what a run computes.
 *
 * @param grouping how the shuffle is arranged
 * @param workers threads that read samples ahead, or 0 to read on the training thread
 * @param featureCache a directory where features of the frozen vision tower are kept by the hash of
 *     image, tower and settings, or null; several runs may share it
 * @param featureCacheBytes bytes above which nothing is added to the cache, ≥ 0
 */
public record DataOptions(
    SampleGrouping grouping, int workers, @Nullable Path featureCache, long featureCacheBytes) {
  /** Enough for 95,000 images of a 7B model's tower in bfloat16. */
  public static final long DEFAULT_FEATURE_CACHE_BYTES = 50_000_000_000L;

  /** No grouping, two threads, no cache. */
  public static final DataOptions DEFAULTS =
      new DataOptions(SampleGrouping.NONE, 2, null, DEFAULT_FEATURE_CACHE_BYTES);

  /** Checks the ranges. */
  public DataOptions {
    if (workers < 0) {
      throw new IllegalArgumentException("workers: expected 0 or more, found " + workers);
    }
    if (featureCacheBytes < 0) {
      throw new IllegalArgumentException(
          "featureCacheBytes: expected 0 or more, found " + featureCacheBytes);
    }
  }

  /** Returns these options with another grouping. */
  public DataOptions withGrouping(SampleGrouping value) {
    return new DataOptions(value, workers, featureCache, featureCacheBytes);
  }

  /** Returns these options with another number of threads. */
  public DataOptions withWorkers(int value) {
    return new DataOptions(grouping, value, featureCache, featureCacheBytes);
  }

  /** Returns these options with a cache, or without if null. */
  public DataOptions withFeatureCache(@Nullable Path value) {
    return new DataOptions(grouping, workers, value, featureCacheBytes);
  }

  /** Returns these options with another bound of the cache. */
  public DataOptions withFeatureCacheBytes(long value) {
    return new DataOptions(grouping, workers, featureCache, value);
  }
}
