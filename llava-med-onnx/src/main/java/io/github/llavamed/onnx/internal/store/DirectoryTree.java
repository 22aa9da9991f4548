package io.github.llavamed.onnx.internal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Removes directories of exports with what is in them. */
public final class DirectoryTree {
  private DirectoryTree() {}

  /** Deletes a file or a directory and its contents; links are removed, not followed. */
  public static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  /** Deletes the children of {@code parent} whose names begin with {@code prefix}. */
  public static void deleteByPrefix(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(parent, path -> nameOf(path).startsWith(prefix))) {
      for (Path child : children) {
        delete(child);
      }
    }
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }
}
