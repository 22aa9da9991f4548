package io.github.llavamed.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's vision tower comes from, and why.
 *
 * @param directory the tower's own directory, or null if the checkpoint's tensors are used
 * @param reason one line for people
 */
public record VisionTowerChoice(@Nullable Path directory, String reason) {
  /** Returns true if the tensors stored in the checkpoint are used. */
  public boolean isFromCheckpoint() {
    return directory == null;
  }
}
