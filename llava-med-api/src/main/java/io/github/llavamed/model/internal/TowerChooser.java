package io.github.llavamed.model.internal;

import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.TowerLocation;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.model.VisionTowerChoice;
import io.github.llavamed.model.VisionTowerSource;
import java.nio.file.Path;
import java.util.Set;

/** Decides between the tower in the checkpoint and one in a directory. */
final class TowerChooser {
  private final ConfigReport config;
  private final ClassifiedTensors checkpoint;
  private final Set<String> needed;

  /**
   * Creates a chooser.
   *
   * @param needed canonical names of the tower's weights
   */
  TowerChooser(ConfigReport config, ClassifiedTensors checkpoint, Set<String> needed) {
    this.config = config;
    this.checkpoint = checkpoint;
    this.needed = needed;
  }

  VisionTowerChoice choose(VisionTowerSource asked) {
    if (asked instanceof VisionTowerSource.Directory directory) {
      return new VisionTowerChoice(directory.path(), "the directory that was asked for");
    }
    return switch ((VisionTowerSource.Choice) asked) {
      case CHECKPOINT -> stored("stored in the checkpoint, as asked for");
      case STOCK -> configured("the one that the configuration names, as asked for");
      case AUTOMATIC -> automatic();
    };
  }

  private VisionTowerChoice automatic() {
    Set<String> lacking = checkpoint.lacking(needed);
    boolean namesNone = config.tower().name() == null && config.tower().directory() == null;
    if (lacking.isEmpty() || namesNone) {
      return stored("stored in the checkpoint");
    }
    if (!checkpoint.hasTower()) {
      return configured("the one that the configuration names; the checkpoint stores none");
    }
    return configured(
        "the one that the configuration names; the checkpoint stores a tower that lacks "
            + lacking.size()
            + " of "
            + needed.size()
            + " tensors, '"
            + lacking.iterator().next()
            + "' among them");
  }

  private static VisionTowerChoice stored(String reason) {
    return new VisionTowerChoice(null, reason);
  }

  private VisionTowerChoice configured(String reason) {
    TowerLocation location = config.tower();
    Path directory = location.directory();
    if (directory != null) {
      return new VisionTowerChoice(directory, reason);
    }
    if (location.name() == null) {
      throw new UnsupportedModelException(
          config.file()
              + ": expected the name of a vision tower, found none, as in every checkpoint of this"
              + " family; use the tower stored in the checkpoint (--vision-tower checkpoint) or"
              + " name a directory (--vision-tower DIR)");
    }
    throw new UnsupportedModelException(
        "vision tower '"
            + location.name()
            + "': expected a directory with its weights, found nothing at "
            + location.searched()
            + (checkpoint.hasTower()
                ? "; the checkpoint stores a tower: ask for it with --vision-tower checkpoint, or"
                : "; put the tower there, or")
            + " name its directory with --vision-tower DIR");
  }
}
