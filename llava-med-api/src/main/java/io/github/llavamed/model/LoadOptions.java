package io.github.llavamed.model;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.config.ConfigOptions;

/**
 * How a model is loaded. Immutable.
 *
 * @param visionTower which tower to use
 * @param config how the configuration is read; its {@code visionTowerDirectory} does not count,
 *     {@code visionTower} decides
 * @param checkpointLimits bounds on the weight files
 */
public record LoadOptions(
    VisionTowerSource visionTower, ConfigOptions config, CheckpointLimits checkpointLimits) {
  /** Returns the automatic choice of the tower and the default limits. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        VisionTowerSource.Choice.AUTOMATIC, ConfigOptions.defaults(), CheckpointLimits.defaults());
  }

  /** Returns these options with another tower. */
  public LoadOptions withVisionTower(VisionTowerSource source) {
    return new LoadOptions(source, config, checkpointLimits);
  }

  /** Returns these options with another way to read the configuration. */
  public LoadOptions withConfig(ConfigOptions options) {
    return new LoadOptions(visionTower, options, checkpointLimits);
  }

  /** Returns the options for the configuration, with the tower's directory if one is given. */
  public ConfigOptions configOptions() {
    return config.withVisionTowerDirectory(
        visionTower instanceof VisionTowerSource.Directory given ? given.path() : null);
  }
}
