package io.github.llavamed.weights;

import io.github.llavamed.error.LlavaMedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts a main class of the tests in a Java process of its own. */
final class ChildJvm {
  private ChildJvm() {}

  /** Starts a process that writes what it prints to a file. */
  static Process start(Path log, Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static String classPath() {
    return Stream.of(ChildJvm.class, LlavaMedException.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .distinct()
            .reduce("", (all, next) -> all + next + File.pathSeparator)
        + System.getProperty("java.class.path");
  }
}
