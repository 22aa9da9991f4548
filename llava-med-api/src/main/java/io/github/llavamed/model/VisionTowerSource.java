package io.github.llavamed.model;

import java.nio.file.Path;

/** Which vision tower a model gets, as users ask for it ({@code --vision-tower}). */
public sealed interface VisionTowerSource {
  /** The choices that need no directory. */
  enum Choice implements VisionTowerSource {
    /** The tower stored in the checkpoint if it is complete, otherwise the configured one. */
    AUTOMATIC,
    /** The tower stored in the checkpoint. */
    CHECKPOINT,
    /** The tower that the configuration names: what the v1.5 original always uses. */
    STOCK
  }

  /**
   * A directory that holds a tower.
   *
   * @param path with {@code config.json} or {@code open_clip_config.json}, and weights
   */
  record Directory(Path path) implements VisionTowerSource {}

  /** Returns {@code checkpoint}, {@code stock} or a directory, as typed. */
  static VisionTowerSource parse(String text) {
    return switch (text) {
      case "checkpoint" -> Choice.CHECKPOINT;
      case "stock" -> Choice.STOCK;
      default -> new Directory(Path.of(text));
    };
  }
}
