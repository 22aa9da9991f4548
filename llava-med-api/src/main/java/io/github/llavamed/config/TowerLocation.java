package io.github.llavamed.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the vision tower that a configuration names was looked for and found.
 *
 * @param name the configuration's {@code mm_vision_tower}; null where the family names none
 * @param directory the tower's directory, or null if none of {@code searched} exists
 * @param searched the places that were looked at, in order
 */
public record TowerLocation(@Nullable String name, @Nullable Path directory, List<Path> searched) {
  /** Copies the list. */
  public TowerLocation {
    searched = List.copyOf(searched);
  }

  /** Returns the location of a tower that the checkpoint itself describes and holds. */
  public static TowerLocation unnamed() {
    return new TowerLocation(null, null, List.of());
  }
}
