package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The {@code checkpoint-N} directories of a run: each is either whole or passed over.
 *
 * <p>A checkpoint grows under another name; when all its files are on the disk, a list of them with
 * their sizes is written, and then it gets its name.
 */
final class CheckpointFolder {
  private static final String PREFIX = "checkpoint-";
  private static final String MARKER = "complete.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  CheckpointFolder(Path directory) {
    this.directory = directory;
  }

  /** Writes the files of a checkpoint into a directory. */
  @FunctionalInterface
  interface Contents {
    void write(Path directory) throws IOException;
  }

  /** Writes a checkpoint, in place of one of the same step, and returns its directory. */
  Path write(long step, Contents contents) throws IOException {
    Files.createDirectories(directory);
    Path target = directory.resolve(PREFIX + step);
    Path staging = staging(step);
    delete(staging);
    Files.createDirectory(staging);
    try {
      finish(staging, contents);
    } catch (IOException | RuntimeException e) {
      delete(staging); // it may be what fills the disk
      throw e;
    }
    delete(target);
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    force(directory);
    return target;
  }

  /** Writes the files, forces them to the disk, and lists them. */
  private static void finish(Path staging, Contents contents) throws IOException {
    contents.write(staging);
    ObjectNode sizes = JSON.createObjectNode();
    for (Path file : filesOf(staging)) {
      force(file);
      sizes.put(String.valueOf(file.getFileName()), Files.size(file));
    }
    Path marker = staging.resolve(MARKER);
    JSON.writeValue(marker.toFile(), sizes);
    force(marker);
    force(staging);
  }

  /** Returns the directory in which a checkpoint grows. */
  Path staging(long step) {
    return directory.resolve("." + PREFIX + step + ".partial");
  }

  /** Returns the checkpoints by step, newest last, whole or not. */
  NavigableMap<Long, Path> list() throws IOException {
    NavigableMap<Long, Path> found = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path entry : entries) {
        String digits = String.valueOf(entry.getFileName()).substring(PREFIX.length());
        if (digits.matches("\\d{1,18}") && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          found.put(Long.valueOf(digits), entry);
        }
      }
    }
    return found;
  }

  /** Returns what is wrong with a checkpoint, or nothing if it is whole. */
  static Optional<String> damage(Path checkpoint) throws IOException {
    Path marker = checkpoint.resolve(MARKER);
    if (!Files.isRegularFile(marker)) {
      return Optional.of("expected " + MARKER + ", which is written last; found none");
    }
    JsonNode sizes;
    try {
      sizes = JSON.readTree(Files.readAllBytes(marker));
    } catch (JsonProcessingException e) {
      return Optional.of(MARKER + " is not valid JSON");
    }
    for (var entry : sizes.properties()) {
      Path file = checkpoint.resolve(entry.getKey());
      long expected = entry.getValue().asLong(-1);
      long size = Files.isRegularFile(file) ? Files.size(file) : -1;
      if (size != expected) {
        return Optional.of(
            "%s: expected %d bytes, found %s"
                .formatted(entry.getKey(), expected, size < 0 ? "no such file" : size));
      }
    }
    return Optional.empty();
  }

  /** Deletes the oldest checkpoints beyond a number of them. */
  void keepNewest(int limit) throws IOException {
    List<Path> all = new ArrayList<>(list().values());
    for (Path old : all.subList(0, Math.max(0, all.size() - limit))) {
      delete(old);
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return new ArrayList<>(entries.sorted().toList());
    }
  }

  private static void force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
