package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.cli.CliRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model card's way from delta weights to a report, by commands alone. */
class PipelineTest {
  private static final List<String> IMAGES = List.of("a.png", "b.png", "c.png");

  @TempDir Path folder;

  private Outcome run(String... args) {
    Outcome outcome = CliRunner.run(args);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome;
  }

  private String at(String path) {
    return folder.resolve(path).toString();
  }

  @Test
  void goesFromDeltaWeightsToTheReport() throws IOException {
    writeQuestions();
    String published = CliRunner.checkpoint("v10-markers");
    run("make-delta", "--base", published, "--target", published, "--delta", at("delta"));
    run(
        "apply-delta",
        "--base",
        published,
        "--delta",
        at("delta"),
        "--target",
        at("model"),
        "--verify");

    run(
        "model-vqa-med",
        "--model-name",
        at("model"),
        "--vision-tower",
        CliRunner.modelCase("v10-markers").resolve("clip-tower").toString(),
        "--cache-dir",
        at("cache"),
        "--question-file",
        at("data/data_RAD/test.json"),
        "--image-folder",
        CliRunner.modelCase("v10-markers").resolve("images").toString(),
        "--answers-file",
        at("out/data_RAD/test-answer-file.jsonl"),
        "--temperature",
        "0",
        "--max-new-tokens",
        "4");
    assertThat(Files.readAllLines(folder.resolve("out/data_RAD/test-answer-file.jsonl")))
        .hasSize(2 * IMAGES.size());

    assertThat(runEval().out()).contains("exact match score", "yes/no accuracy");
    assertProvenance();
    run(
        "run-eval-batch",
        "--pred-file-parent-path",
        at("out"),
        "--dataset-root",
        at("data"),
        "--output-folder",
        folder.toString(),
        "--score-file",
        at("batch.json"));
    assertThat(folder.resolve("batch.json"))
        .content()
        .startsWith("[{")
        .contains("\"llava-med-v1\"", "generation.temperature");
    assertReport();
  }

  private void writeQuestions() throws IOException {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < 2 * IMAGES.size(); i++) {
      records.add(
          """
          {"id": %d, "image": "%s", "answer_type": "%s", "question_type": "PRES",
           "conversations": [{"from": "human", "value": "What is it, %d?\\n<image>"},
           {"from": "gpt", "value": "%s"}]}
          """
              .formatted(
                  i,
                  IMAGES.get(i / 2),
                  i % 2 == 0 ? "OPEN" : "CLOSED",
                  i,
                  i % 2 == 0 ? "lung" : "yes"));
    }
    Path data = Files.createDirectories(folder.resolve("data/data_RAD"));
    Files.writeString(data.resolve("test.json"), "[" + String.join(",", records) + "]");
    Files.writeString(data.resolve("candidate.json"), "{\"0\": [\"lung\", \"heart\"]}");
  }

  private Outcome runEval() {
    return run(
        "run-eval",
        "--gt",
        at("data/data_RAD/test.json"),
        "--candidate",
        at("data/data_RAD/candidate.json"),
        "--pred",
        at("out/data_RAD/test-answer-file.jsonl"),
        "--score-file",
        at("score.json"));
  }

  /** Protocol, data, model, settings, versions and date stand beside the figures. */
  private void assertProvenance() throws IOException {
    ObjectNode score = JsonText.object(Files.readString(folder.resolve("score.json")), "score");
    assertThat(score.path("protocol").asText()).isEqualTo("llava-med-run-eval");
    for (String hashed : List.of("dataset", "predictions", "model")) {
      assertThat(score.path("sha256").path(hashed).asText()).matches("[0-9a-f]{64}");
    }
    assertThat(score.path("settings").path("generation.temperature").asText()).isEqualTo("0.0");
    assertThat(score.path("settings").path("generation.max_new_tokens").asText()).isEqualTo("4");
    assertThat(score.path("versions").has("llava-med")).isTrue();
    assertThat(score.path("versions").has("java")).isTrue();
    assertThat(score.path("date").asText()).matches("20\\d\\d-.*Z");
  }

  private void assertReport() {
    run(
        "report",
        "--gt",
        at("data/data_RAD/test.json"),
        "--pred",
        at("out/data_RAD/test-answer-file.jsonl"),
        "--image-folder",
        CliRunner.modelCase("v10-markers").resolve("images").toString(),
        "--results",
        at("eval_results_med_datasets.jsonl"),
        "--charts",
        "--output",
        at("report"));
    assertThat(folder.resolve("report/report.html"))
        .content()
        .contains("data:image/png;base64,", "Instruction data by domain", "SHA-256 of model")
        .doesNotContain("src=\"http");
    assertThat(folder.resolve("report/report.md"))
        .content()
        .contains("CT Scan", "50583", "158.0K", "generation.temperature");
  }
}
