package io.github.llavamed.eval.report;

import static io.github.llavamed.eval.EvalGolden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.IntendedDifferences;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class RunEvalGoldenTest {
  private static final EvaluationQuirks ORIGINAL = EvaluationQuirks.ORIGINAL;

  /** The programs of the goldens and the protocols that reproduce them. */
  private static final Map<String, ScoringProtocol> PROGRAMS =
      Map.of(
          "run_eval@v1.0.0", ScoringProtocols.llavaMedRunEval(ORIGINAL),
          "run_eval@before_fix_35", ScoringProtocols.beforeFix35(ORIGINAL));

  @TempDir Path folder;

  static Stream<Path> runEval() {
    return EvalGolden.cases("run_eval").stream();
  }

  @ParameterizedTest
  @MethodSource("runEval")
  void reproducesTheSingleFileEvaluation(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    Path work = Files.createDirectory(folder.resolve("ds"));
    copy(golden, work);
    int programs = 0;
    for (Map.Entry<String, ScoringProtocol> program : PROGRAMS.entrySet()) {
      JsonNode part = expected.get(program.getKey());
      if (part != null) {
        programs++;
        RunEval runEval =
            new RunEval(Evaluation.of(program.getValue()), EvaluationOptions.DEFAULT, folder);
        check(
            part,
            out ->
                runEval.run(
                    new RunEval.Arguments(
                        "ds/test.json", "ds/candidate.json", "ds/test-answer-file.jsonl"),
                    out));
      }
    }
    assertThat(programs).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("runEval")
  void reproducesTheBatchRules(Path golden) throws IOException {
    JsonNode part =
        GoldenFolder.json(golden.resolve("expected.json")).get("run_eval_batch.evaluate@v1.0.0");
    Path preds = Files.createDirectories(folder.resolve("p/data_RAD"));
    Files.copy(golden.resolve("test-answer-file.jsonl"), preds.resolve("test-answer-file.jsonl"));
    Path root = Files.createDirectories(folder.resolve("root/data_RAD"));
    Files.copy(golden.resolve("test.json"), root.resolve("test.json"));
    RunEvalBatch batch = batch(ScoringProtocols.llavaMedV1(ORIGINAL));
    StringBuilder out = new StringBuilder();

    List<ScoreReport> reports =
        batch.run(
            new RunEvalBatch.Arguments(
                "p", BatchTarget.named(BatchTarget.DEFAULT), folder.resolve("root")),
            out);

    List<String> lines = new ArrayList<>(out.toString().lines().skip(1).toList());
    if (part.get("error").isNull()) {
      assertThat(reports).hasSize(1);
      checkMetrics(reports.get(0), part.get("metrics"));
      String text = String.join("\n", lines.subList(1, lines.size()));
      assertThat(text).isEqualTo(part.get("stdout").textValue() + part.get("table").textValue());
    } else {
      assertThat(reports).isEmpty();
      assertThat(out).contains(">>>Skip p/data_RAD/test-answer-file.jsonl");
    }
  }

  static Stream<Path> runEvalCli() {
    return EvalGolden.cases("run_eval_cli").stream();
  }

  @ParameterizedTest
  @MethodSource("runEvalCli")
  void reproducesTheCommandLine(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    RunEval.Arguments arguments =
        new RunEval.Arguments(
            option(expected, "--gt", "test.json"),
            option(expected, "--candidate", "candidate.json"),
            option(expected, "--pred", "answer-file-llava-zeorshot.jsonl"));
    RunEval runEval =
        new RunEval(
            Evaluation.of(ScoringProtocols.llavaMedRunEval(ORIGINAL)),
            EvaluationOptions.DEFAULT,
            golden);
    if (IntendedDifferences.contains("run_eval_cli", golden)) {
      StringBuilder out = new StringBuilder();
      runEval.run(arguments, out);
      assertThat(out).startsWith("\n========\n " + arguments.groundTruth() + "\n");
    } else {
      check(expected, out -> runEval.run(arguments, out));
    }
  }

  static Stream<Path> runEvalBatch() {
    return EvalGolden.cases("run_eval_batch").stream();
  }

  @ParameterizedTest
  @MethodSource("runEvalBatch")
  void reproducesTheBatchEvaluation(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    copy(golden, folder);
    String type = option(expected, "--target_test_type", BatchTarget.DEFAULT);
    if (!expected.get("error").isNull()) {
      assertThatThrownBy(() -> BatchTarget.named(type)).isInstanceOf(EvaluationException.class);
      return;
    }
    BatchTarget target = BatchTarget.named(type);
    String predictions = option(expected, "--pred_file_parent_path", "");
    RunEvalBatch batch = batch(ScoringProtocols.llavaMedV1(ORIGINAL));
    RunEvalBatch.Arguments arguments =
        new RunEvalBatch.Arguments(predictions, target, folder.resolve("gt_root"));
    StringBuilder out = new StringBuilder();
    if (IntendedDifferences.contains("run_eval_batch", golden)) {
      boolean pathVqa = expected.get("note").textValue().startsWith("run_eval_batch_pvqa");
      RunEvalBatch repaired = pathVqa ? batch(ScoringProtocols.pathVqa(ORIGINAL)) : batch;
      assertThat(repaired.run(arguments, out)).isNotEmpty();
      assertThat(out).doesNotContain(">>>Skip");
      return;
    }

    batch.run(arguments, out);

    assertThat(out.toString().replace(folder.resolve("gt_root").toString(), "<dataset root>"))
        .isEqualTo(expected.get("stdout").textValue());
    assertThat(expected.get("output_files")).isNotEmpty();
    expected
        .get("output_files")
        .properties()
        .forEach(
            file ->
                assertThat(folder.resolve(file.getKey())).hasContent(file.getValue().textValue()));
    if (expected.has("correct_answers_file_bytes")) {
      assertThat(folder.resolve("correct_answers_file.json"))
          .hasSize(expected.get("correct_answers_file_bytes").longValue());
    }
  }

  static Stream<Path> runEvalPathVqa() {
    return EvalGolden.cases("run_eval_pvqa").stream();
  }

  @ParameterizedTest
  @MethodSource("runEvalPathVqa")
  void scoresWhatThePathVqaProgramShould(Path golden) throws IOException {
    assertThat(IntendedDifferences.contains("run_eval_pvqa", golden)).isTrue();
    Path candidates =
        Files.writeString(folder.resolve("candidate.json"), "{\"0\": [\"yes\", \"lung\"]}");
    RunEval runEval =
        new RunEval(
            Evaluation.of(ScoringProtocols.pathVqa(ORIGINAL)), EvaluationOptions.DEFAULT, golden);

    ScoreReport report =
        runEval.run(
            new RunEval.Arguments("test.json", candidates.toString(), "pred.jsonl"),
            new StringBuilder());

    assertThat(report.scores())
        .extracting(MetricScore::key)
        .containsExactly(
            "exact_match", "f1", "precision", "recall", "open_accuracy", "closed_accuracy");
  }

  private RunEvalBatch batch(ScoringProtocol protocol) {
    return new RunEvalBatch(Evaluation.of(protocol), EvaluationOptions.DEFAULT, folder);
  }

  private interface Run {
    ScoreReport to(StringBuilder out) throws IOException;
  }

  private static void check(JsonNode expected, Run run) throws IOException {
    StringBuilder out = new StringBuilder();
    boolean failed = false;
    try {
      ScoreReport report = run.to(out);
      if (expected.has("metrics")) {
        checkMetrics(report, expected.get("metrics"));
      }
    } catch (EvaluationException | IOException e) {
      failed = true;
    }
    assertThat(failed).isEqualTo(!expected.get("error").isNull());
    assertThat(out).hasToString(expected.get("stdout").textValue());
  }

  private static void checkMetrics(ScoreReport report, JsonNode metrics) {
    assertThat(report.scores()).hasSameSizeAs(metrics);
    for (MetricScore score : report.scores()) {
      assertClose(score.key(), score.percent(), metrics.get(score.key()).doubleValue());
    }
  }

  private static String option(JsonNode expected, String name, String otherwise) {
    List<String> args = EvalGolden.texts(expected.get("args"));
    for (String arg : args) {
      if (arg.startsWith(name + "=")) {
        return arg.substring(name.length() + 1);
      }
    }
    int index = args.lastIndexOf(name);
    return index < 0 ? otherwise : args.get(index + 1);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.write(target, Files.readAllBytes(path));
        }
      }
    }
  }
}
