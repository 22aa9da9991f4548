package io.github.llavamed.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The golden cases that differ on purpose, from the one file that lists them. */
public final class IntendedDifferences {
  private IntendedDifferences() {}

  /** Returns whether a case records a defect that this library repairs. */
  public static boolean contains(String folder, Path golden) {
    String name = folder + "/" + golden.getFileName();
    return listed().stream()
        .anyMatch(
            pattern ->
                pattern.equals(name)
                    || (pattern.endsWith("/*")
                        && name.startsWith(pattern.substring(0, pattern.length() - 1))));
  }

  private static List<String> listed() {
    try (InputStream in =
        IntendedDifferences.class.getResourceAsStream("/golden-differences.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" ", 2)[0])
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
