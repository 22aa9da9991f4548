package io.github.llavamed.eval.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class NotebookGoldenTest {
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;

  @TempDir Path folder;

  /** The files of a folder that hold a key, whatever their names. */
  private static Stream<JsonNode> with(String goldens, String key) {
    return EvalGolden.jsons(goldens, json -> json.has(key));
  }

  static Stream<JsonNode> resultLines() {
    return with("notebook_report", "result_lines");
  }

  @ParameterizedTest
  @MethodSource("resultLines")
  void readsResultLinesBack(JsonNode golden) throws IOException {
    StringBuilder lines = new StringBuilder();
    golden.get("result_lines").forEach(line -> lines.append(PythonJson.line(line)).append('\n'));
    Path file = Files.writeString(folder.resolve("results.jsonl"), lines);
    assertThat(golden.get("expected")).isNotEmpty();
    for (Map.Entry<String, JsonNode> dataset : golden.get("expected").properties()) {
      List<RunMetrics> runs = RunMetrics.read(file, dataset.getKey(), OPTIONS);

      StringBuilder out = new StringBuilder();
      runs.forEach(run -> out.append(run.text()));
      assertThat(out).hasToString(dataset.getValue().get("stdout").textValue());
      assertThat(runs).hasSameSizeAs(dataset.getValue().get("returned"));
      for (RunMetrics run : runs) {
        assertThat(run.metrics())
            .isEqualTo(doubles(dataset.getValue().get("returned").get(run.key())));
      }
    }
  }

  private static Map<String, Double> doubles(JsonNode object) {
    Map<String, Double> values = new LinkedHashMap<>();
    object.properties().forEach(e -> values.put(e.getKey(), e.getValue().doubleValue()));
    return values;
  }

  static Stream<JsonNode> reportRows() {
    return with("notebook_report", "experiment_patterns");
  }

  @ParameterizedTest
  @MethodSource("reportRows")
  void printsReportRows(JsonNode golden) {
    List<List<RunMetrics>> datasets = new ArrayList<>();
    for (JsonNode name : golden.get("dataset_order")) {
      List<RunMetrics> runs = new ArrayList<>();
      for (JsonNode run : golden.get("metrics").get(name.textValue())) {
        runs.add(new RunMetrics(run.get("json_path").textValue(), doubles(run.get("metrics"))));
      }
      datasets.add(runs);
    }

    assertThat(ReportRows.text(EvalGolden.texts(golden.get("experiment_patterns")), datasets))
        .isEqualTo(golden.get("expected_stdout").textValue());
  }

  static Stream<JsonNode> missingCheckpoints() {
    return with("notebook_report", "vqa_rad_paths");
  }

  @ParameterizedTest
  @MethodSource("missingCheckpoints")
  void findsMissingCheckpoints(JsonNode golden) {
    List<String> first = EvalGolden.texts(golden.get("vqa_rad_paths"));
    List<String> second = EvalGolden.texts(golden.get("data_RAD_paths"));

    assertThat(ReportRows.missing(first, second, "finetune_to_downstream_results_fixed_data"))
        .containsExactlyInAnyOrderElementsOf(EvalGolden.texts(golden.get("finetuned_missing")));
    assertThat(ReportRows.missing(first, second, "zero-shot-on-fixed-data"))
        .containsExactlyInAnyOrderElementsOf(EvalGolden.texts(golden.get("zero_shot_missing")));
  }

  static Stream<JsonNode> datasetStatistics() {
    return with("notebook_report", "splits");
  }

  @ParameterizedTest
  @MethodSource("datasetStatistics")
  void countsDatasets(JsonNode golden) throws IOException {
    for (Map.Entry<String, JsonNode> split : golden.get("splits").properties()) {
      Path file = folder.resolve(split.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, PythonJson.line(split.getValue()));
    }

    StringBuilder out = new StringBuilder();
    DatasetCounts.read(folder, DatasetCounts.DATASETS, OPTIONS)
        .forEach(counts -> out.append(counts.text()));

    assertThat(out).hasToString(golden.get("expected_stdout").textValue());
  }

  static Stream<JsonNode> extraction() {
    return with("instruction_stats", "input");
  }

  @ParameterizedTest
  @MethodSource("extraction")
  void extractsInstructions(JsonNode golden) {
    InstructionTexts texts = InstructionTexts.of(golden.get("input"), "golden");

    assertThat(texts.instructions())
        .isEqualTo(EvalGolden.texts(golden.get("expected").get("instruct")));
    assertThat(texts.responses())
        .isEqualTo(EvalGolden.texts(golden.get("expected").get("response")));
    assertThat(golden.get("stdout").textValue()).contains(texts.text("pretrain"));
  }

  @Test
  void countsConversationsAndPairsOfEachDomain() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("instruct.json"),
            """
            [{"id": "a", "image": "a.jpg",
              "domain": {"chest_xray": true, "mri": false, "histology": false, "gross": false, "ct_scan": true},
              "conversations": [{"from": "human", "value": "Q1\\n<image>"}, {"from": "gpt", "value": "A1"},
                                {"from": "human", "value": "Q2"}, {"from": "gpt", "value": "A2"}]},
             {"id": "b", "image": "b.jpg",
              "domain": {"chest_xray": false, "mri": true, "histology": false, "gross": false, "ct_scan": false},
              "conversatons": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]},
             {"id": "c", "image": "c.jpg", "domain": {"ct_scan": true},
              "conversations": [{"from": "human", "value": "Q1"}, {"from": "gpt", "value": "A1"},
                                {"from": "human", "value": "Q2"}, {"from": "gpt", "value": "A2"},
                                {"from": "human", "value": "Q3"}, {"from": "gpt", "value": "A3"}]},
             {"id": "d", "image": "d.jpg",
              "conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]}]
            """);

    DomainCounts counts = DomainCounts.read(file, OPTIONS);

    assertThat(counts.text())
        .isEqualTo(
            "chest_xray 1 2\nmri 1 1\nhistology 0 0\ngross 0 0\nct_scan 2 5\nnone 1 1\noverall 4 7\n");
    BarChart chart = BarChart.instructionDomains(counts);
    assertThat(chart.categories())
        .containsExactly("Chest X-Ray", "MRI", "Histology", "Gross", "CT Scan");
    assertThat(chart.series().get(0).values()).containsExactly(1.0, 1.0, 0.0, 0.0, 2.0);
    assertThat(chart.series().get(1).values()).containsExactly(2.0, 1.0, 0.0, 0.0, 5.0);

    Files.writeString(file, "[{\"domain\": {\"mri\": \"yes\"}, \"conversations\": []}]");
    assertThatThrownBy(() -> DomainCounts.read(file, OPTIONS))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContainingAll("instruct.json, record 0", "domain.mri", "a text");
  }

  static Stream<JsonNode> trees() {
    return EvalGolden.jsons("instruction_stats", JsonNode::isArray).flatMap(JsonNode::valueStream);
  }

  @ParameterizedTest
  @MethodSource("trees")
  void findsRootVerbAndNoun(JsonNode golden) {
    var found = RootVerb.of(tree(golden.get("tree")));

    assertThat(found.map(RootVerb::verb).orElse(null)).isEqualTo(golden.get("verb").textValue());
    assertThat(found.flatMap(RootVerb::noun).orElse(null))
        .isEqualTo(golden.get("noun").textValue());
  }

  private static ParsedWord tree(JsonNode json) {
    List<ParsedWord> children = new ArrayList<>();
    json.get("children").forEach(child -> children.add(tree(child)));
    return new ParsedWord(
        json.get("pos").textValue(),
        json.get("lemma").textValue(),
        json.get("dep").textValue(),
        children);
  }

  static Stream<Path> verbNounFiles() {
    return EvalGolden.files("instruction_stats", ".csv").stream();
  }

  @ParameterizedTest
  @MethodSource("verbNounFiles")
  void aggregatesVerbsAndNouns(Path csv) throws IOException {
    String name = csv.getFileName().toString().replaceAll("(_reduced)?\\.csv$", "");
    JsonNode golden = GoldenFolder.json(csv.resolveSibling(name + "_expected.json"));
    VerbNounTable table = VerbNounTable.read(csv, OPTIONS);
    assertThat(golden.get("by_threshold")).isNotEmpty();
    for (Map.Entry<String, JsonNode> threshold : golden.get("by_threshold").properties()) {
      List<VerbNounTable.Row> expected = new ArrayList<>();
      for (JsonNode row : threshold.getValue().get("sunburst_rows")) {
        expected.add(
            new VerbNounTable.Row(
                row.get("verb").textValue(),
                row.get("noun").textValue(),
                row.get("count").intValue()));
      }
      List<VerbNounTable.Row> actual = table.above(Integer.parseInt(threshold.getKey()));

      assertThat(table.distinctPairs())
          .isEqualTo(threshold.getValue().get("distinct_pairs").intValue());
      // Which of equally frequent nouns is kept, and their order, is not defined.
      assertThat(countsByVerb(actual)).isEqualTo(countsByVerb(expected));
    }
  }

  private static Map<String, List<Integer>> countsByVerb(List<VerbNounTable.Row> rows) {
    Map<String, List<Integer>> counts = new TreeMap<>();
    rows.forEach(
        row -> counts.computeIfAbsent(row.verb(), key -> new ArrayList<>()).add(row.count()));
    counts.values().forEach(list -> list.sort(Comparator.naturalOrder()));
    return counts;
  }
}
