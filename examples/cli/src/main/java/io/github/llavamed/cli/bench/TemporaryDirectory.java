package io.github.llavamed.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that goes with all it holds when it is closed, or when the program is interrupted.
 *
 * <p>Symbolic links are removed, not followed.
 */
public final class TemporaryDirectory implements AutoCloseable {
  private final Path path;
  private final Thread hook;

  private TemporaryDirectory(Path path) {
    this.path = path;
    this.hook = new Thread(this::deleteQuietly, "delete " + path);
  }

  /** Creates one in a directory, which is created if need be; the caller closes it. */
  public static TemporaryDirectory in(Path parent, String prefix) throws IOException {
    Files.createDirectories(parent);
    TemporaryDirectory directory =
        new TemporaryDirectory(Files.createTempDirectory(parent, prefix));
    Runtime.getRuntime().addShutdownHook(directory.hook);
    return directory;
  }

  /** Returns the directory. */
  public Path path() {
    return path;
  }

  /** Leaves the directory where it is, also when this is closed. */
  public void keep() {
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  @Override
  public void close() throws IOException {
    if (Runtime.getRuntime().removeShutdownHook(hook)) {
      delete();
    }
  }

  private void deleteQuietly() {
    try {
      delete();
    } catch (IOException | UncheckedIOException e) {
      // The program ends: nobody is left to hear of it.
    }
  }

  private void delete() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : deepestFirst) {
      Files.deleteIfExists(entry);
    }
  }
}
