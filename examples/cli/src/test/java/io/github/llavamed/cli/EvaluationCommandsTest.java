package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.JudgePrompts;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationCommandsTest {
  private static final String PROTOCOL = "run_eval@v1.0.0";

  @TempDir Path folder;

  static Stream<Path> runEvalCases() throws IOException {
    return cases("run_eval");
  }

  private static Stream<Path> cases(String kind) throws IOException {
    try (Stream<Path> entries = Files.list(GoldenFolder.of("eval").resolve(kind))) {
      List<Path> found =
          entries.filter(path -> Files.exists(path.resolve("expected.json"))).sorted().toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }

  @Tag("golden")
  @ParameterizedTest
  @MethodSource("runEvalCases")
  void printsWhatRunEvalPrints(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json")).get(PROTOCOL);
    Path files = Files.createDirectories(folder.resolve("ds"));
    for (String name : List.of("test.json", "candidate.json", "test-answer-file.jsonl")) {
      Files.copy(golden.resolve(name), files.resolve(name));
    }

    Outcome outcome =
        CliRunner.run(
            "run-eval",
            "--gt",
            files.resolve("test.json").toString(),
            "--candidate",
            files.resolve("candidate.json").toString(),
            "--pred",
            files.resolve("test-answer-file.jsonl").toString());

    assertThat(outcome.out()).isEqualTo(expected.get("stdout").textValue());
    assertThat(outcome.code()).isEqualTo(expected.get("error").isNull() ? 0 : 1);
    assertThat(outcome.err().lines()).hasSize(expected.get("error").isNull() ? 0 : 1);
  }

  @Tag("golden")
  @Test
  void printsTheRowsOfTheNotebook() throws IOException {
    int rows = 0;
    Path goldens = GoldenFolder.of("eval").resolve("notebook_report");
    try (Stream<Path> files = Files.list(goldens)) {
      for (Path file : files.sorted().toList()) {
        JsonNode golden = GoldenFolder.json(file);
        if (golden.has("experiment_patterns")) {
          rows++;
          assertThat(report(golden)).isEqualTo(golden.get("expected_stdout").textValue());
        }
      }
    }
    assertThat(rows).isPositive();
  }

  private String report(JsonNode golden) throws IOException {
    StringBuilder lines = new StringBuilder();
    List<String> datasets = new ArrayList<>();
    for (JsonNode name : golden.get("dataset_order")) {
      datasets.add(name.textValue());
      for (JsonNode run : golden.get("metrics").get(name.textValue())) {
        StringBuilder table = new StringBuilder("Metric  Performance\n---  ---");
        for (Map.Entry<String, JsonNode> metric : run.get("metrics").properties()) {
          table.append('\n').append(metric.getKey()).append("  ").append(metric.getValue());
        }
        ObjectNode line = JsonText.object();
        line.put("dataset", name.textValue());
        // The notebook leaves out the first five parts of a path.
        line.put("pred_file", "/a/b/c/d/" + run.get("json_path").textValue());
        line.put("results", table.toString());
        lines.append(JsonText.line(line)).append('\n');
      }
    }
    Path results = Files.writeString(folder.resolve("results.jsonl"), lines);
    List<String> args =
        new ArrayList<>(
            List.of(
                "report",
                "--results",
                results.toString(),
                "--datasets",
                String.join(",", datasets)));
    golden.get("experiment_patterns").forEach(p -> args.addAll(List.of("--pattern", p.asText())));
    Outcome outcome = CliRunner.run(args.toArray(new String[0]));
    assertThat(outcome.err()).isEmpty();
    return outcome.out();
  }

  @Test
  void judgesFromACassetteAndResumes() throws IOException {
    Path questions =
        Files.writeString(
            folder.resolve("q.jsonl"),
            """
            {"question_id": 1, "text": "Q?", "gpt4_answer": "A", "fig_label": "F", "fig_caption": "C", \
            "in_text_mention": null, "type": "conversation", "domain": {"chest_xray": true}}
            """);
    Path answers =
        Files.writeString(folder.resolve("a.jsonl"), "{\"question_id\": 1, \"text\": \"B\"}\n");
    Path scores = folder.resolve("scores/out.jsonl");
    Path cassette = Files.writeString(folder.resolve("cassette.jsonl"), recording());
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");

    Outcome missing = score(questions, answers, scores, folder.resolve("none.jsonl"));
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("none.jsonl");

    Outcome unknown = score(questions, answers, scores, empty);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err())
        .contains("recording", "gpt-4-0314", "record it again")
        .hasLineCount(1);

    Outcome scored = score(questions, answers, scores, cassette);
    assertThat(scored.err()).isEmpty();
    assertThat(scored.out()).endsWith("Result Size: 1\n");
    assertThat(JsonText.object(Files.readString(scores), "scores").path("gpt_eval").asText())
        .isEqualTo("9 6\nFine.");

    Outcome resumed = score(questions, answers, scores, empty, "--resume");
    assertThat(resumed.code()).as("nothing is asked again").isZero();
    assertThat(folder.resolve("scores/out.jsonl.provenance.json"))
        .content()
        .contains("llava-med-chat-v1.5", "gpt-4-0314", "\"resumed\"", "openai-java");
    Outcome report =
        CliRunner.run(
            "report",
            "--scores-file",
            scores.toString(),
            "--output",
            folder.resolve("report").toString());
    assertThat(report.code()).as(report.err()).isZero();
    assertThat(folder.resolve("report/report.md"))
        .content()
        .contains("## Provenance", "setting judge.model", "gpt-4-0314");
    Outcome other =
        score(questions, answers, scores, cassette, "--resume", "--judge-model", "gpt-4o");
    assertThat(other.err())
        .contains("provenance.json", "judge.model gpt-4o instead of gpt-4-0314")
        .hasLineCount(1);
    Outcome overBudget = score(questions, answers, scores, cassette, "--budget", "0");
    assertThat(overBudget.err()).contains("judge budget");
  }

  private static String recording() {
    StringBuilder prompt =
        new StringBuilder("[Context]\nFigure Caption:\nF: C\n\nFigure Context:\n");
    prompt.append("\t- None\n\n[Question]\nQ?\n\n[Assistant 1]\nA\n\n[End of Assistant 1]\n\n");
    prompt.append("[Assistant 2]\nB\n\n[End of Assistant 2]\n\n[System]\n");
    prompt.append(JudgePrompts.chatInstruction(ChatSummary.Version.V1_5)).append("\n\n");
    ObjectNode line = JsonText.object();
    ObjectNode request = line.putObject("request");
    request.put("model", "gpt-4-0314");
    var messages = request.putArray("messages");
    messages.addObject().put("role", "system").put("content", JudgePrompts.CHAT_SYSTEM);
    messages.addObject().put("role", "user").put("content", prompt.toString());
    request.put("temperature", 0.0);
    line.put("reply", "9 6\nFine.\n");
    return JsonText.line(line) + "\n";
  }

  private static Outcome score(
      Path questions, Path answers, Path scores, Path cassette, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "eval-multimodal-chat-gpt-score",
                "--question-file",
                questions.toString(),
                "--answers-file",
                answers.toString(),
                "--scores-file",
                scores.toString(),
                "--replay",
                cassette.toString(),
                "--attempts",
                "1"));
    args.addAll(List.of(options));
    return CliRunner.run(args.toArray(new String[0]));
  }

  @Test
  void theTextBaselineGoesOnWhereItEnded() throws IOException {
    Path questions =
        Files.writeString(
            folder.resolve("q.jsonl"), "{\"question_id\": 1, \"text\": \"Why é?\"}\n");
    Path answers = folder.resolve("answer.jsonl");
    ObjectNode line = JsonText.object();
    ObjectNode request = line.putObject("request");
    request.put("model", "gpt-3.5-turbo");
    var messages = request.putArray("messages");
    messages.addObject().put("role", "system").put("content", "You are a helpful assistant.");
    messages.addObject().put("role", "user").put("content", "Why é?");
    request.put("max_tokens", 1024);
    line.put("reply", "Because.");
    Path cassette = Files.writeString(folder.resolve("c.jsonl"), JsonText.line(line) + "\n");
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
    String[] command = {
      "qa-baseline-gpt35",
      "-q",
      questions.toString(),
      "-o",
      answers.toString(),
      "--replay",
      cassette.toString()
    };

    Outcome first = CliRunner.run(command);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(answers).content().contains("\"text\": \"Because.\"").doesNotContain("\n");
    String finished = Files.readString(answers);

    command[command.length - 1] = empty.toString();
    Outcome again = CliRunner.run(command);
    assertThat(again.code()).isZero();
    assertThat(again.out()).as("nothing is asked again").isEmpty();
    assertThat(answers).content().isEqualTo(finished);

    String[] anew = Arrays.copyOf(command, command.length + 1);
    anew[command.length] = "--overwrite";
    assertThat(CliRunner.run(anew).out()).startsWith("[ERROR] ");
    assertThat(answers).content().contains("#ERROR#");
  }

  @Test
  void preparesADatasetAndCountsIt() {
    Path input = GoldenFolder.committed("data").resolve("slake");

    Outcome outcome =
        CliRunner.run(
            "prepare",
            "slake",
            "--input",
            input.toString(),
            "--output",
            folder.resolve("Slake1.0").toString());

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).startsWith("Slake1.0 "));
    assertThat(folder.resolve("Slake1.0/test_zh.json")).isNotEmptyFile();
    assertThat(CliRunner.run("prepare", "slack", "--input", "x").err()).contains("slake");
  }

  @Test
  void convertsScienceQaAndRemovesInstructions() throws IOException {
    Path data = GoldenFolder.committed("data");
    for (String name : List.of("problems.json", "pid_splits.json")) {
      Files.copy(data.resolve("scienceqa").resolve(name), folder.resolve(name));
    }
    Outcome converted =
        CliRunner.run(
            "convert-sqa", "convert_to_llava", "--base-dir", folder.toString(), "--split", "test");
    assertThat(converted.err()).isEmpty();
    assertThat(folder.resolve("llava_test_QCM-LEPA.json"))
        .hasSameTextualContentAs(data.resolve("scienceqa/llava_test_QCM-LEPA.json"));

    Path captions = folder.resolve("captions.json");
    Outcome removed =
        CliRunner.run(
            "remove-instructions",
            "--in-file",
            data.resolve("remove_instructions/input.json").toString(),
            "--out-file",
            captions.toString());
    assertThat(removed.err()).isEmpty();
    assertThat(captions).hasSameTextualContentAs(data.resolve("remove_instructions/output.json"));
    assertThat(CliRunner.run("convert-sqa", "x", "--base-dir", ".", "--split", "t").code())
        .isEqualTo(2);
  }

  @Test
  void summarisesAScoresFileAndNamesAReplyWithoutScores() throws IOException {
    String line =
        "{\"question_id\": 1, \"type\": \"conversation\", \"domain\": {\"chest_xray\": true},"
            + " \"gpt_eval\": \"%s\"}\n";
    Path scores = Files.writeString(folder.resolve("s.jsonl"), line.formatted("8 4"));
    assertThat(CliRunner.run("summarize-gpt-review", "--scores-file", scores.toString()).out())
        .contains("pred_relative_score", "50.0");

    Files.writeString(scores, line.formatted("8 4") + line.formatted("Both are good."));
    Outcome outcome = CliRunner.run("summarize-gpt-review", "--scores-file", scores.toString());
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("s.jsonl, line 2", "two scores", "judge this answer again");
  }

  @Test
  void saysWhatIsWrongWithInputFiles() throws IOException {
    Path truth =
        Files.writeString(
            folder.resolve("test.json"),
            """
            [{"id": 1, "answer_type": "OPEN", "conversations": [{"from": "human", "value": "Q"},
              {"from": "gpt", "value": "a"}]}]
            """);
    assertThat(runEval(truth, "{\"question_id\": 2, \"text\": \"a\"}\n"))
        .contains("the number 1 and the number 2 at position 0");
    assertThat(runEval(truth, "")).contains("1 questions and 0 answers");
    assertThat(runEval(truth, "{\"question_id\": 1, \"text\": \"a\"}\n{\"question"))
        .contains("pred.jsonl, line 2");
    Files.writeString(truth, "");
    assertThat(runEval(truth, "{\"question_id\": 1, \"text\": \"a\"}\n")).contains("test.json");
  }

  private String runEval(Path truth, String answers) throws IOException {
    Path pred = Files.writeString(folder.resolve("pred.jsonl"), answers);
    Outcome outcome =
        CliRunner.run(
            "run-eval",
            "--gt",
            truth.toString(),
            "--pred",
            pred.toString(),
            "--protocol",
            "strict",
            "--json");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("error: ").hasLineCount(1);
    return outcome.err();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model-vqa",
        "model-vqa-med",
        "model-vqa-science",
        "run-llava",
        "model-qa",
        "run-med-datasets-eval-batch",
        "sqa-eval-batch",
        "run-eval",
        "run-eval-batch",
        "eval-multimodal-chat-gpt-score",
        "summarize-gpt-review",
        "eval-gpt-review",
        "eval-gpt-review-visual",
        "qa-baseline-gpt35",
        "eval-science-qa",
        "eval-science-qa-gpt4",
        "eval-science-qa-gpt4-requery",
        "generate-webpage-data",
        "convert-sqa",
        "remove-instructions",
        "report"
      })
  void explainsItselfWithAnExample(String command) {
    Outcome outcome = CliRunner.run(command, "--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("Usage: llava-med " + command, "Example:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model-vqa",
        "model-vqa-med",
        "model-vqa-science",
        "model-qa",
        "run-med-datasets-eval-batch",
        "run-eval",
        "run-eval-batch",
        "report",
        "eval-multimodal-chat-gpt-score",
        "eval-gpt-review",
        "summarize-gpt-review",
        "eval-science-qa"
      })
  void offersToRepairTheOriginalsOddities(String command) {
    assertThat(CliRunner.run(command, "--help").out())
        .contains("--repair", "YES_NO_INSIDE_WORDS", "CUT_AT_FIRST_BLANK");
  }

  @Test
  void repairsTheMeansOfFailedReviews() throws IOException {
    Path reviews = Files.createDirectories(folder.resolve("reviews"));
    Files.writeString(
        reviews.resolve("gpt4_text_a.jsonl"),
        "{\"category\": \"math\", \"tuple\": [8.0, 4.0]}\n"
            + "{\"category\": \"math\", \"tuple\": [-1, -1]}\n");
    String[] command = {"summarize-gpt-review", "--reviews-folder", reviews.toString()};

    assertThat(CliRunner.run(command).out()).contains("math [3.5, 1.5]");
    String[] repaired = Arrays.copyOf(command, command.length + 2);
    repaired[command.length] = "--repair";
    repaired[command.length + 1] = "FAILED_REVIEWS_COUNT";
    assertThat(CliRunner.run(repaired).out()).contains("math [8.0, 4.0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "report",
        "report --pred x.jsonl --gt y.json",
        "eval-gpt-review -q q.jsonl -a one.jsonl -r r.json -o o.jsonl",
        "eval-science-qa --base-dir .",
        "sqa-eval-batch --model m --science-qa-path s --split train",
        "qa-baseline-gpt35 -q q.jsonl -o o.jsonl --replay c --record d",
        "run-llava --model m",
        "run-eval --repair NOTHING"
      })
  void reportsWrongUsageWithCodeTwo(String line) {
    Outcome outcome = CliRunner.run(line.split(" "));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("error: ").contains("--help");
  }
}
