package io.github.llavamed.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Lists the golden cases of the evaluation, whatever their number and names. */
public final class EvalGolden {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EvalGolden() {}

  /** Returns a file or folder of the goldens; of the committed ones where the given have none. */
  public static Path folder(String name) {
    Path given = GoldenFolder.of("eval").resolve(name);
    return Files.exists(given) ? given : GoldenFolder.committed("eval").resolve(name);
  }

  /** Returns the files of a folder whose names end so, sorted; at least one. */
  public static List<Path> files(String folder, String ending) {
    return entries(folder, path -> path.getFileName().toString().endsWith(ending));
  }

  /**
   * Returns the direct sub-folders that hold a file {@code expected.json}, sorted; at least one.
   */
  public static List<Path> cases(String folder) {
    return cases(folder, expected -> true);
  }

  /** Returns the sub-folders whose {@code expected.json} is as wanted, sorted; at least one. */
  public static List<Path> cases(String folder, Predicate<JsonNode> wanted) {
    return entries(
        folder,
        path ->
            Files.isRegularFile(path.resolve("expected.json"))
                && wanted.test(GoldenFolder.json(path.resolve("expected.json"))));
  }

  /** Returns the JSON files of a folder that are as wanted; at least one. */
  public static Stream<JsonNode> jsons(String folder, Predicate<JsonNode> wanted) {
    return entries(
            folder,
            path ->
                path.getFileName().toString().endsWith(".json")
                    && wanted.test(GoldenFolder.json(path)))
        .stream()
        .map(GoldenFolder::json);
  }

  /** Returns the entries of a folder that are as wanted, else those of the committed folder. */
  public static List<Path> entries(String folder, Predicate<Path> wanted) {
    List<Path> found = list(GoldenFolder.of("eval").resolve(folder), wanted);
    if (found.isEmpty()) {
      found = list(GoldenFolder.committed("eval").resolve(folder), wanted);
    }
    assertThat(found).as("golden cases in " + folder).isNotEmpty();
    return found;
  }

  private static List<Path> list(Path folder, Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(wanted).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads all JSON lines of all files of a folder that end so. */
  public static List<JsonNode> lines(String folder) {
    List<JsonNode> cases = new ArrayList<>();
    for (Path file : files(folder, ".jsonl")) {
      try {
        for (String line : Files.readString(file).split("\n")) {
          cases.add(JSON.readTree(line));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertThat(cases).isNotEmpty();
    return cases;
  }

  /** Reads a UTF-8 file. */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the texts of a JSON array. */
  public static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.textValue()));
    return texts;
  }

  /** Asserts equality within the relative tolerance that the goldens state. */
  public static void assertClose(String what, double actual, double expected) {
    assertThat(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected))
        .as("%s: expected %s, found %s", what, expected, actual)
        .isTrue();
  }
}
