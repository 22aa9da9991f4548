package io.github.llavamed.cli;

import java.nio.file.Path;

/** Puts the home directory in place of a leading tilde, as the original programs do. */
final class UserPath {
  private UserPath() {}

  static String expand(String path) {
    return path.equals("~") || path.startsWith("~/")
        ? System.getProperty("user.home") + path.substring(1)
        : path;
  }

  static Path of(Path path) {
    return Path.of(expand(path.toString()));
  }
}
