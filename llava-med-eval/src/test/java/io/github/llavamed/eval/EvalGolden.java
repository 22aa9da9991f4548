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
import java.util.stream.Stream;

/** Lists the golden cases of the evaluation, whatever their number and names. */
public final class EvalGolden {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EvalGolden() {}

  /** Returns a folder of the evaluation goldens. */
  public static Path folder(String name) {
    return GoldenFolder.of("eval").resolve(name);
  }

  /** Returns the files below a folder whose names end so, sorted; at least one. */
  public static List<Path> files(String folder, String ending) {
    return list(folder(folder), path -> path.getFileName().toString().endsWith(ending));
  }

  /**
   * Returns the direct sub-folders that hold a file {@code expected.json}, sorted; at least one.
   */
  public static List<Path> cases(String folder) {
    return list(folder(folder), path -> Files.isRegularFile(path.resolve("expected.json")));
  }

  private static List<Path> list(Path folder, java.util.function.Predicate<Path> wanted) {
    try (Stream<Path> paths = Files.list(folder)) {
      List<Path> found = paths.filter(wanted).sorted().toList();
      assertThat(found).as("golden cases in " + folder).isNotEmpty();
      return found;
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
