package io.github.llavamed.demo.tour;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The model that comes with the program, as a checkpoint directory.
 *
 * <p>A toy of 1.4 M parameters, trained on phantoms. <b>Not a medical model.</b> Stateless and safe
 * for concurrent use.
 */
public final class DemoModel {
  private static final String FOLDER = "model/";
  private static final List<String> FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "special_tokens_map.json",
          "tokenizer.model",
          "tokenizer_config.json",
          "MODEL_CARD.md");
  private static final int HASH_CHARS = 12;

  private DemoModel() {}

  /** Returns where the model is kept unless said otherwise: {@code ~/.cache/llava-med}. */
  public static Path defaultPlace() {
    return Path.of(System.getProperty("user.home"), ".cache", "llava-med");
  }

  /**
   * Returns the model's directory below a place, and fills it if it is not there.
   *
   * <p>The directory's name holds a hash of its contents, so another version never meets it.
   *
   * @throws IOException if it cannot be written
   */
  public static Path unpack(Path place) throws IOException {
    Map<String, byte[]> contents = contents();
    Path directory = place.resolve("demo-model-" + hash(contents));
    if (isComplete(directory, contents)) {
      return directory;
    }
    Files.createDirectories(place);
    Path temporary = Files.createTempDirectory(place, ".demo-model");
    try {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        Files.write(temporary.resolve(file.getKey()), file.getValue());
      }
      publish(temporary, directory, contents);
    } finally {
      remove(temporary);
    }
    return directory;
  }

  /** Gives the directory its name, unless another process was quicker. */
  private static void publish(Path temporary, Path directory, Map<String, byte[]> contents)
      throws IOException {
    if (Files.exists(directory)) {
      remove(directory); // a file of it was lost or cut
    }
    try {
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!isComplete(directory, contents)) {
        throw e;
      }
    }
  }

  private static Map<String, byte[]> contents() throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (String name : FILES) {
      try (InputStream in = DemoModel.class.getResourceAsStream(FOLDER + name)) {
        if (in == null) {
          throw new LlavaMedException(
              "demo model: expected the file %s among the program's resources, found none; build the program again"
                  .formatted(name));
        }
        contents.put(name, in.readAllBytes());
      }
    }
    return contents;
  }

  private static boolean isComplete(Path directory, Map<String, byte[]> contents)
      throws IOException {
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (!Files.isRegularFile(path) || Files.size(path) != file.getValue().length) {
        return false;
      }
    }
    return true;
  }

  private static String hash(Map<String, byte[]> contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      contents.values().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
