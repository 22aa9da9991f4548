package io.github.llavamed.eval.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.notebook.DatasetCounts;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetSourceTest {
  private static final Map<DatasetSource, String> GOLDENS =
      Map.of(
          DatasetSource.VQA_RAD, "vqa_rad",
          DatasetSource.SLAKE, "slake",
          DatasetSource.PATH_VQA, "pathvqa");

  @TempDir Path folder;

  @Tag("golden")
  @ParameterizedTest
  @EnumSource(DatasetSource.class)
  void convertsPublishedFiles(DatasetSource source) throws IOException {
    Path golden = golden(GOLDENS.get(source));

    List<Path> written = source.prepare(golden, folder.resolve("out"), EvaluationOptions.DEFAULT);

    int compared = 0;
    for (Path file : written) {
      String name = file.getFileName().toString();
      Path expected = golden.resolve("expected_" + name);
      // VQA-RAD's own files have other names, so that the expected ones need no prefix.
      expected =
          !Files.exists(expected) && source == DatasetSource.VQA_RAD
              ? golden.resolve(name)
              : expected;
      if (Files.exists(expected)) {
        compared++;
        assertSame(GoldenFolder.json(file), GoldenFolder.json(expected), source);
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(3);
  }

  private static void assertSame(JsonNode actual, JsonNode expected, DatasetSource source) {
    if (expected.isObject()) {
      assertThat(values(actual)).isEqualTo(values(expected));
      return;
    }
    Set<JsonNode> ids = new HashSet<>();
    actual.forEach(record -> assertThat(ids.add(record.get("id"))).isTrue());
    if (source == DatasetSource.PATH_VQA) {
      // Identifiers are free there.
      actual.forEach(record -> ((ObjectNode) record).remove("id"));
      expected.forEach(record -> ((ObjectNode) record).remove("id"));
    }
    assertThat(actual).isEqualTo(expected);
  }

  private static Set<JsonNode> values(JsonNode candidates) {
    Set<JsonNode> values = new HashSet<>();
    candidates.get("0").forEach(values::add);
    return values;
  }

  private static Path golden(String name) {
    Path given = GoldenFolder.of("data").resolve(name);
    return Files.isDirectory(given) ? given : GoldenFolder.committed("data").resolve(name);
  }

  @Test
  void findsThePublishedSizesOfVqaRad() throws IOException {
    Path data = Path.of(System.getProperty("llavamed.data", "")).resolve("vqa-rad");
    assumeTrue(Files.isDirectory(data), "VQA-RAD is not here");

    DatasetSource.VQA_RAD.prepare(data, folder.resolve("data_RAD"), EvaluationOptions.DEFAULT);

    assertThat(DatasetCounts.read(folder, List.of("data_RAD"), EvaluationOptions.DEFAULT))
        .containsExactly(
            new DatasetCounts("data_RAD", "train", 314, 3064, 1241, 1823),
            new DatasetCounts("data_RAD", "test", 203, 451, 179, 272));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0080\u0002cos\nsystem\n.",
        "\u0080\u0002]q",
        "\u0080\u0002X\u00ff\u00ff\u00ff\u007f",
        "u.",
        ""
      })
  void refusesPicklesThatAreNotPlain(String bytes) throws IOException {
    Files.write(folder.resolve("train_qa.pkl"), bytes.getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(
            () ->
                DatasetSource.PATH_VQA.prepare(
                    folder, folder.resolve("out"), EvaluationOptions.DEFAULT))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("train_qa.pkl");
  }

  @Test
  void namesTheRowOfARepeatedIdentifierAndAnUnknownAnswerType() throws IOException {
    String row =
        "{\"qid\": %d, \"image_name\": \"a.jpg\", \"question\": \"Q\", \"answer\": \"A\","
            + " \"answer_type\": \"%s\"}";
    Files.writeString(folder.resolve("testset.json"), "[]");

    Files.writeString(
        folder.resolve("trainset.json"),
        "[" + row.formatted(7, "OPEN") + "," + row.formatted(7, "OPEN") + "]");
    assertThatThrownBy(this::prepareVqaRad).hasMessageContainingAll("qid 7", "7 again");

    Files.writeString(folder.resolve("trainset.json"), "[" + row.formatted(8, "MAYBE") + "]");
    assertThatThrownBy(this::prepareVqaRad).hasMessageContainingAll("qid 8", "MAYBE");
  }

  @Test
  void saysWhichFilesItExpects() {
    assertThatThrownBy(this::prepareVqaRad)
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("VQA_RAD Dataset Public.json", "trainset.json");
    assertThatThrownBy(() -> DatasetSource.named("vqarad"))
        .hasMessageContainingAll("vqa-rad", "slake", "pathvqa");
  }

  private void prepareVqaRad() throws IOException {
    DatasetSource.VQA_RAD.prepare(folder, folder.resolve("out"), EvaluationOptions.DEFAULT);
  }
}
