package io.github.llavamed.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Reads the golden folder {@code text}: files of one JSON object a line, and their counts. */
public final class GoldenText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenText() {}

  /** Returns the files of a sub-folder with this ending, sorted; none if there is no folder. */
  public static List<Path> files(String folder, String suffix) {
    Path directory = GoldenFolder.of("text").resolve(folder);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the objects of a file, one a line. */
  public static List<JsonNode> rows(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> !line.isBlank()).map(GoldenText::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the count that the manifest states; the committed subset states none. */
  public static OptionalInt statedCount(String... keys) {
    Path folder = GoldenFolder.of("text");
    Path manifest = folder.resolve("manifest.json");
    if (folder.equals(GoldenFolder.committed("text")) || !Files.exists(manifest)) {
      return OptionalInt.empty();
    }
    JsonNode node = GoldenFolder.json(manifest);
    for (String key : keys) {
      node = node.path(key);
    }
    return node.isInt() ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
