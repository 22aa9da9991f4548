package io.github.llavamed.config.internal;

import io.github.llavamed.config.TowerLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the directory of a tower that a configuration names, without ever downloading anything.
 *
 * <p>Looks below the checkpoint directory, then below every search root, first as a path, then as a
 * repository of a Hugging Face cache.
 */
final class TowerLocator {
  private static final int MAX_REVISION_CHARS = 256;

  private final Path checkpoint;
  private final List<Path> roots;

  TowerLocator(Path checkpoint, List<Path> roots) {
    this.checkpoint = checkpoint;
    this.roots = roots;
  }

  TowerLocation locate(String name) throws IOException {
    List<Path> searched = new ArrayList<>();
    Path base = checkpoint.toAbsolutePath();
    for (Path root : concat(base, roots)) {
      Path directory = resolve(root, name);
      if (directory != null) {
        searched.add(directory);
        if (Files.isDirectory(directory)) {
          return new TowerLocation(name, directory, searched);
        }
      }
    }
    for (Path root : roots) {
      Path repository = root.resolve("models--" + name.replace("/", "--"));
      searched.add(repository);
      Optional<Path> snapshot = snapshot(repository);
      if (snapshot.isPresent()) {
        return new TowerLocation(name, snapshot.get(), searched);
      }
    }
    return new TowerLocation(name, null, searched);
  }

  private static List<Path> concat(Path first, List<Path> rest) {
    List<Path> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  private static @Nullable Path resolve(Path root, String name) {
    try {
      return root.resolve(name).normalize();
    } catch (InvalidPathException e) {
      return null; // a name that is no path on this system can still be in a cache
    }
  }

  /** Returns the snapshot that {@code refs/main} points at. */
  private static Optional<Path> snapshot(Path repository) throws IOException {
    Path main = repository.resolve("refs").resolve("main");
    if (!Files.isRegularFile(main) || Files.size(main) > MAX_REVISION_CHARS) {
      return Optional.empty();
    }
    String revision = Files.readString(main, StandardCharsets.UTF_8).strip();
    if (!revision.matches("[0-9a-zA-Z._-]+")) {
      return Optional.empty();
    }
    Path snapshot = repository.resolve("snapshots").resolve(revision);
    return Files.isDirectory(snapshot) ? Optional.of(snapshot) : Optional.empty();
  }
}
