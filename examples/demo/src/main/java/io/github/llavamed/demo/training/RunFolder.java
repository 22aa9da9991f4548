package io.github.llavamed.demo.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** The output directory of a training: whose it is, and what is finished in it. */
final class RunFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN = "demo-training.json";
  private static final String DONE = "finished";

  private final Path directory;

  private RunFolder(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens a directory for a run, and marks it as the run's.
   *
   * @throws FileAlreadyExistsException if it holds anything but the beginning of the same run
   */
  static RunFolder open(DemoTrainingConfig config) throws IOException {
    Path directory = config.outputDir();
    Path run = directory.resolve(RUN);
    ObjectNode settings = settings(config);
    if (Files.exists(run)) {
      JsonNode found = JSON.readTree(Files.readAllBytes(run));
      if (!found.equals(JSON.readTree(JSON.writeValueAsBytes(settings)))) {
        throw new FileAlreadyExistsException(
            directory
                + ": expected the beginning of a run with "
                + settings
                + ", found one with "
                + found
                + "; give the same settings, or another output directory");
      }
    } else if (!isEmpty(directory)) {
      throw new FileAlreadyExistsException(
          directory
              + ": expected an empty directory or the beginning of a demo training, found other"
              + " files; give another output directory");
    } else {
      Files.createDirectories(directory);
      write(run, settings);
    }
    return new RunFolder(directory);
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  /** Threads are left out: a run may go on with another number. */
  private static ObjectNode settings(DemoTrainingConfig config) {
    ObjectNode settings = JSON.createObjectNode();
    settings.put("format", 1).put("seed", config.seed()).put("steps_scale", config.stepsScale());
    settings.set("sizes", JSON.valueToTree(config.sizes()));
    return settings;
  }

  /** Returns the folder of a part of the run. */
  Path folder(String part) {
    return directory.resolve(part);
  }

  /** Returns whether a part was finished, also by an earlier run. */
  boolean isFinished(String part) {
    return Files.exists(marker(part));
  }

  /** Marks a part as finished. */
  void finish(String part, ObjectNode facts) throws IOException {
    Files.createDirectories(directory.resolve(DONE));
    write(marker(part), facts);
  }

  private Path marker(String part) {
    return directory.resolve(DONE).resolve(part + ".json");
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    JSON.writerWithDefaultPrettyPrinter().writeValue(temporary.toFile(), json);
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
