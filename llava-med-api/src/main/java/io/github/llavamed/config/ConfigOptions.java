package io.github.llavamed.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a configuration is read. Immutable.
 *
 * @param visionTowerDirectory directory of the tower to use instead of the configured one, or null
 * @param searchRoots further directories in which a configured tower is looked for, after the
 *     checkpoint directory: as {@code ROOT/openai/clip-vit-large-patch14}, and as {@code
 *     ROOT/models--openai--clip-vit-large-patch14/snapshots/REVISION}, the layout of a Hugging Face
 *     cache
 * @param repairs repairs that may be made in memory
 * @param limits bounds on the file and its values
 */
public record ConfigOptions(
    @Nullable Path visionTowerDirectory,
    List<Path> searchRoots,
    Set<ConfigRepair> repairs,
    ConfigLimits limits) {
  /** Copies the collections. */
  public ConfigOptions {
    searchRoots = List.copyOf(searchRoots);
    repairs = Set.copyOf(repairs);
  }

  /** Returns the configured tower, no further roots, no repairs, default limits. */
  public static ConfigOptions defaults() {
    return new ConfigOptions(null, List.of(), Set.of(), ConfigLimits.defaults());
  }

  /** Returns these options with another tower directory, or null for the configured one. */
  public ConfigOptions withVisionTowerDirectory(@Nullable Path directory) {
    return new ConfigOptions(directory, searchRoots, repairs, limits);
  }

  /** Returns these options with other search roots. */
  public ConfigOptions withSearchRoots(List<Path> roots) {
    return new ConfigOptions(visionTowerDirectory, roots, repairs, limits);
  }

  /** Returns these options with other repairs. */
  public ConfigOptions withRepairs(Set<ConfigRepair> allowed) {
    return new ConfigOptions(visionTowerDirectory, searchRoots, allowed, limits);
  }

  /** Returns these options with other limits. */
  public ConfigOptions withLimits(ConfigLimits bounds) {
    return new ConfigOptions(visionTowerDirectory, searchRoots, repairs, bounds);
  }
}
