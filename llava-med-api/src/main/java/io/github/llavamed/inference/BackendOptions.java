package io.github.llavamed.inference;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of a backend; nulls mean the backend's own choice, which it must say.
 *
 * @param precision number format, or null
 * @param device {@code cpu}, {@code cuda:0} …, or null
 * @param threads worker threads, ≥ 1, or null for the number of cores
 * @param cacheDirectory where made files (exports) may be kept, or null for the user's cache
 *     directory
 * @param towerPrecision number format of the vision tower and the projector, or null; a backend
 *     that cannot hold them in another format than the decoder refuses one
 * @param weightPlacement where the weights are kept, or null; a backend that leaves no choice
 *     refuses one
 */
public record BackendOptions(
    @Nullable Precision precision,
    @Nullable String device,
    @Nullable Integer threads,
    @Nullable Path cacheDirectory,
    @Nullable Precision towerPrecision,
    @Nullable WeightPlacement weightPlacement) {
  /** Leaves the place of the weights to the backend. */
  public BackendOptions(
      @Nullable Precision precision,
      @Nullable String device,
      @Nullable Integer threads,
      @Nullable Path cacheDirectory,
      @Nullable Precision towerPrecision) {
    this(precision, device, threads, cacheDirectory, towerPrecision, null);
  }

  /** Leaves the format of the vision tower and the place of the weights to the backend. */
  public BackendOptions(
      @Nullable Precision precision,
      @Nullable String device,
      @Nullable Integer threads,
      @Nullable Path cacheDirectory) {
    this(precision, device, threads, cacheDirectory, null, null);
  }

  /** Returns options that leave every choice to the backend. */
  public static BackendOptions defaults() {
    return new BackendOptions(null, null, null, null);
  }

  /** Returns the same options with another directory for made files. */
  public BackendOptions withCacheDirectory(Path directory) {
    return new BackendOptions(
        precision, device, threads, directory, towerPrecision, weightPlacement);
  }

  /** Returns the same options with the weights kept elsewhere; null for the backend's choice. */
  public BackendOptions withWeightPlacement(@Nullable WeightPlacement placement) {
    return new BackendOptions(
        precision, device, threads, cacheDirectory, towerPrecision, placement);
  }
}
