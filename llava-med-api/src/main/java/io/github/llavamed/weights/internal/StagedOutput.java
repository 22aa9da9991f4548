package io.github.llavamed.weights.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden directory beside an output, in which it grows until it is published in one step.
 *
 * <p>A run that ends early, even if it is killed, leaves the output as it was; a killed one leaves
 * the hidden directory, whose name ends with {@code .partial}. Confined to one thread.
 */
final class StagedOutput implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StagedOutput.class);
  private static final String SUFFIX = ".partial";
  private static final String CONFIG = "config.json";
  private static final Pattern WEIGHTS =
      Pattern.compile(
          "(model|pytorch_model)(-\\d{5}-of-\\d{5})?\\.(safetensors|bin)(\\.index\\.json)?");

  private final Path target;
  private final Path directory;

  private StagedOutput(Path target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  /**
   * Creates the hidden directory for an output directory.
   *
   * @param inputs directories that the output must not be
   * @param bytes what is going to be written
   * @throws FileAlreadyExistsException if the output holds files and may not be overwritten, or is
   *     an input or a file
   */
  static StagedOutput forDirectory(Path target, List<Path> inputs, boolean overwrite, long bytes)
      throws IOException {
    if (Files.exists(target)) {
      if (!Files.isDirectory(target)) {
        throw refused(target, "expected a directory, found a file");
      }
      for (Path input : inputs) {
        if (Files.isSameFile(target, input)) {
          throw refused(target, "expected an output that is no input; name another directory");
        }
      }
      if (!overwrite && !isEmpty(target)) {
        throw refused(
            target, "expected no files here; name another directory or allow overwriting");
      }
    }
    return create(target, bytes);
  }

  /** Creates the hidden directory for an output file; see {@link #forDirectory}. */
  static StagedOutput forFile(Path target, boolean overwrite, long bytes) throws IOException {
    if (Files.isDirectory(target)) {
      throw refused(target, "expected a file, found a directory");
    }
    if (!overwrite && Files.exists(target)) {
      throw refused(target, "expected no file here; name another or allow overwriting");
    }
    return create(target, bytes);
  }

  private static StagedOutput create(Path target, long bytes) throws IOException {
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    Path parent = real.getParent();
    Path name = real.getFileName();
    if (parent == null || name == null) {
      throw refused(target, "expected a name below a directory");
    }
    Files.createDirectories(parent);
    reportLeftovers(parent, "." + name + ".");
    FileStore store = Files.getFileStore(parent);
    requireSpace(parent, bytes, store.getUsableSpace());
    Path directory = parent.resolve("." + name + "." + UUID.randomUUID() + SUFFIX);
    Files.createDirectory(directory);
    return new StagedOutput(real, directory);
  }

  /** Throws if fewer bytes are free than will be written. */
  static void requireSpace(Path place, long bytes, long usable) throws IOException {
    if (usable < bytes) {
      throw new IOException(
          "%s: expected %d free bytes, found %d; free some space or name another place"
              .formatted(place, bytes, usable));
    }
  }

  private static void reportLeftovers(Path parent, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
          .forEach(file -> LOG.warn("{}: left by a run that was killed or still goes on", file));
    }
  }

  /** Returns the hidden directory. */
  Path directory() {
    return directory;
  }

  /** Returns where an output file grows. */
  Path file() {
    return directory.resolve(target.getFileName());
  }

  /** Gives the output directory its name. */
  void publishDirectory() throws IOException {
    forceAll();
    if (!Files.exists(target) || isEmpty(target)) {
      Files.deleteIfExists(target);
      Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      replaceFiles();
    }
    forceDirectory(target);
  }

  /** Gives the output file its name. */
  void publishFile() throws IOException {
    forceAll();
    Files.move(file(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The configuration goes first and comes last: without it a directory is no model. */
  private void replaceFiles() throws IOException {
    Files.deleteIfExists(target.resolve(CONFIG));
    for (Path old : list(target)) {
      if (WEIGHTS.matcher(old.getFileName().toString()).matches()) {
        Files.delete(old);
      }
    }
    List<Path> files = new ArrayList<>(list(directory));
    files.sort(Comparator.comparing(file -> file.endsWith(CONFIG)));
    for (Path file : files) {
      Files.move(
          file,
          target.resolve(file.getFileName()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void forceAll() throws IOException {
    for (Path file : list(directory)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system opens directories; the files themselves are safe already.
      LOG.debug("{}: the names are not forced to the disk", directory, e);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private static FileAlreadyExistsException refused(Path target, String reason) {
    return new FileAlreadyExistsException(target.toString(), null, reason);
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    if (Files.exists(directory)) {
      for (Path file : list(directory)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    }
  }
}
