package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.cli.CliRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    Path tuned = Path.of(CliRunner.checkpoint("v10-markers"));
    Path base = LlamaBase.write(tuned, folder.resolve("base"));
    run(
        "make-delta",
        "--base",
        base.toString(),
        "--target",
        tuned.toString(),
        "--delta",
        at("delta"));
    run(
        "apply-delta",
        "--base",
        base.toString(),
        "--delta",
        at("delta"),
        "--target",
        at("model"),
        "--verify");
    assertRestored(tuned, base);

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

  /** The delta is neither of both models, and their sum is the tuned one but for rounding. */
  private void assertRestored(Path tuned, Path base) throws IOException {
    try (Checkpoint target = Checkpoint.open(tuned);
        Checkpoint from = Checkpoint.open(base);
        Checkpoint delta = Checkpoint.open(folder.resolve("delta"));
        Checkpoint made = Checkpoint.open(folder.resolve("model"))) {
      assertThat(made.tensors()).containsKey("model.mm_projector.weight");
      for (String name : delta.tensors().keySet()) {
        if (!from.tensors().containsKey(name)) {
          continue; // the projector, and rotary frequencies, which the tools leave out
        }
        float[] wanted = target.tensor(name).toFloats();
        float[] found = made.tensor(name).toFloats();
        float[] difference = delta.tensor(name).toFloats();
        float[] start = from.tensor(name).toFloats();
        assertThat(found).as(name).hasSameSizeAs(wanted);
        assertThat(difference).as(name).isNotEqualTo(wanted);
        assertThat(start).as(name).isNotEqualTo(Arrays.copyOf(wanted, start.length));
        for (int i = 0; i < found.length; i++) {
          float other = i < start.length ? Math.abs(start[i]) : 0;
          double rounding = Math.max(Math.abs(wanted[i]), other) / 512 + 1e-6;
          assertThat((double) found[i]).as(name).isCloseTo(wanted[i], within(rounding));
        }
      }
    }
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
    for (String hashed : List.of("dataset", "predictions", "model", "vision_tower")) {
      assertThat(score.path("sha256").path(hashed).asText()).matches("[0-9a-f]{64}");
    }
    assertThat(score.path("settings").path("generation.temperature").asText()).isEqualTo("0.0");
    assertThat(score.path("settings").path("generation.max_new_tokens").asText()).isEqualTo("4");
    assertThat(score.path("versions").has("llava-med")).isTrue();
    assertThat(score.path("versions").has("java")).isTrue();
    assertThat(score.path("versions").path("generation.ONNX Runtime").asText())
        .matches("\\d+\\.\\d+.*");
    assertThat(score.path("date").asText()).matches("20\\d\\d-.*Z");
  }

  private void assertReport() throws IOException {
    Files.writeString(
        folder.resolve("published.json"),
        IntStream.range(0, 2 * IMAGES.size())
            .mapToObj(i -> "{\"qid\": %d, \"modality\": \"%s\"}".formatted(i, i < 4 ? "CT" : "MRI"))
            .collect(Collectors.joining(",", "[", "]")));
    Files.writeString(
        folder.resolve("instruct.json"),
        """
        [{"id": "a", "domain": {"mri": true}, "conversations":
          [{"from": "human", "value": "Q\\n<image>"}, {"from": "gpt", "value": "A"}]}]
        """);
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
        "--attributes",
        at("published.json"),
        "--charts",
        "--instruction-data",
        at("instruct.json"),
        "--output",
        at("report"));
    assertThat(folder.resolve("report/report.html"))
        .content()
        .contains(
            "data:image/png;base64,",
            "By question type",
            "By modality",
            "Instruction data by domain, as published",
            "Instruction data by domain: instruct.json",
            "SHA-256 of model")
        .doesNotContain("src=\"http");
    assertThat(folder.resolve("report/report.md"))
        .content()
        .contains(
            "instruct.json: 1 | 1",
            "mri 1 1",
            "CT Scan",
            "50583",
            "158.0K",
            "generation.temperature");
  }
}
