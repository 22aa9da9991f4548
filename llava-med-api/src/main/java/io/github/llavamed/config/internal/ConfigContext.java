package io.github.llavamed.config.internal;

import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.TowerLocation;
import io.github.llavamed.config.VisionTowerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a family's reader is given.
 *
 * @param json the configuration
 * @param directory the checkpoint directory
 * @param options how to read
 * @param notes where remarks go
 */
record ConfigContext(ConfigObject json, Path directory, ConfigOptions options, List<String> notes) {
  private static final String OWN_TOWER = "vision_config";

  ConfigLimits limits() {
    return options.limits();
  }

  /** Finds the tower: the directory given in the options, else where {@code name} leads. */
  TowerLocation locate(String name) throws IOException {
    Path given = options.visionTowerDirectory();
    return given != null
        ? new TowerLocation(name, given, List.of(given))
        : new TowerLocator(directory, options.searchRoots()).locate(name);
  }

  /**
   * Reads the configuration of a located tower: from its directory, from {@code vision_config} in
   * the checkpoint's own configuration, or from the table of stock towers.
   *
   * <p>The originals know directories and stock towers alone; a checkpoint that holds a tower of
   * its own can describe it in its own configuration, as Hugging Face's layout does.
   */
  VisionTowerConfig tower(TowerLocation location) throws IOException {
    Path found = location.directory();
    if (found != null) {
      Optional<VisionTowerConfig> config = new TowerReader(limits()).read(found);
      if (config.isPresent()) {
        checkName(location, config.get());
        return config.get();
      }
    }
    ConfigObject own = json.object(OWN_TOWER);
    if (own != null && options.visionTowerDirectory() == null) {
      return new TowerReader(limits()).clip(own);
    }
    String name = String.valueOf(location.name());
    Optional<VisionTowerConfig> stock =
        options.visionTowerDirectory() == null ? StockTowers.find(name) : Optional.empty();
    return stock.orElseThrow(() -> TowerReader.unknown(name, location.searched().toString()));
  }

  private void checkName(TowerLocation location, VisionTowerConfig tower) {
    Path directory = location.directory();
    if (options.visionTowerDirectory() == null
        && directory != null
        && TowerReader.namesBiomedClip(String.valueOf(directory.getFileName()))
        && tower.type() == VisionTowerConfig.Type.CLIP) {
      throw json.unsupported(
          MultimodalKeys.TOWER,
          "open_clip_config.json in "
              + directory
              + ", found the configuration of a CLIP tower; name a directory with --vision-tower"
              + " DIR if this is meant");
    }
  }
}
