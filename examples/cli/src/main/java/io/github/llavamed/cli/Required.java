package io.github.llavamed.cli;

import org.jspecify.annotations.Nullable;

/** Unwraps what the command line parser has checked to be there. */
final class Required {
  private Required() {}

  static <T> T value(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalStateException(name + " is missing");
    }
    return value;
  }
}
