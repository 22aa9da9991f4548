package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckingCommandsTest {
  /** Tolerances of the golden cases' own description. */
  private static final double PIXEL_TOLERANCE = 1e-6;

  private static final double FEATURE_TOLERANCE = 2e-4;
  private static final double LOGIT_TOLERANCE = 1e-3;

  private final Path golden = CliRunner.modelCase("v15-mlp2x");
  private final JsonNode prompt =
      GoldenFolder.json(golden.resolve("expected.json")).path("prompts").path("single");

  @TempDir Path directory;

  @Test
  void traceWritesWhatTheOriginalComputes() throws IOException {
    Path file = directory.resolve("trace.safetensors");

    Outcome outcome =
        CliRunner.run(
            "trace",
            "--model",
            golden.resolve("checkpoint").toString(),
            "--vision_tower",
            "stock",
            "--cache-dir",
            directory.resolve("cache").toString(),
            "--image",
            golden.resolve("images/a.png").toString(),
            "--prompt",
            prompt.path("prompt").asText(),
            "--output",
            file.toString());

    assertThat(outcome.err()).isEmpty();
    try (Checkpoint trace = Checkpoint.open(file)) {
      isClose(trace, "image_features", "vision_features", FEATURE_TOLERANCE);
      isClose(trace, "projected", "projector_output", FEATURE_TOLERANCE);
      isClose(trace, "inputs_embeds", "inputs_embeds", FEATURE_TOLERANCE);
      isClose(trace, "logits", "prefill_logits", LOGIT_TOLERANCE);
      assertThat(trace.metadata())
          .containsEntry("family", "v1.5")
          .containsEntry("backend", "onnx-cpu")
          .containsEntry("precision", "fp32");
      assertThat(trace.metadata().get("input_ids")).isEqualTo(prompt.get("input_ids").toString());
    }
  }

  @Test
  void preprocessWritesThePixelValuesOfTheModel() throws IOException {
    Path file = directory.resolve("pixels.safetensors");

    Outcome outcome =
        CliRunner.run(
            "preprocess",
            "--model",
            golden.resolve("checkpoint").toString(),
            "--image",
            golden.resolve("images/a.png").toString(),
            "--output",
            file.toString());

    assertThat(outcome.err()).isEmpty();
    JsonNode expected =
        GoldenFolder.json(golden.resolve("expected.json"))
            .path("pixel_values")
            .path("a")
            .path("floor_offset");
    try (Checkpoint pixels = Checkpoint.open(file)) {
      assertThat(pixels.tensors().get("pixel_values").shape()).isEqualTo(Shape.of(1, 3, 28, 28));
      TensorAssert.isCloseTo(
          "pixel_values",
          pixels.tensor("pixel_values").toFloats(),
          GoldenFolder.floats(golden.resolve(expected.path("file").asText())),
          PIXEL_TOLERANCE,
          0);
    }
  }

  @Test
  void tokenizeAnswersTextsPromptsAndIds() {
    Outcome outcome =
        tokenize(
            """
            {"text": "yes"}
            {"prompt": "<image>\\nyes"}
            {"ids": [1, 5, 2], "skip_special_tokens": false}
            """);

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().lines()).hasSize(3);
    ObjectNode second = JsonText.object(outcome.out().lines().toList().get(1), "line 2");
    assertThat(second.get("ids").get(0).asInt()).isEqualTo(1);
    assertThat(second.get("ids").get(1).asInt()).isEqualTo(-200);
    assertThat(outcome.out().lines().toList().get(2)).contains("</s>");
  }

  @Test
  void tokenizeNamesABrokenLine() {
    Outcome outcome = tokenize("{\"text\": \"yes\"}\n{\"txt\": \"no\"}\n");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(outcome.err()).contains("line 2", "'text', 'prompt' or 'ids'");
  }

  @Test
  void inspectSaysWhatLoadsAndWhatIsMissing() throws IOException {
    Path broken = copyOf(golden.resolve("checkpoint"));
    Files.delete(broken.resolve("model.safetensors"));

    Outcome sound = CliRunner.run("inspect", golden.resolve("checkpoint").toString(), "--json");
    Outcome lacking = CliRunner.run("inspect", broken.toString());

    ObjectNode json = JsonText.object(sound.out(), "inspection");
    assertThat(json.path("family").asText()).isEqualTo("v1.5");
    assertThat(json.path("loadable").asBoolean()).isTrue();
    assertThat(json.path("tensors")).hasSize(80);
    assertThat(json.path("vision_tower").path("source").asText()).isEqualTo("checkpoint");
    assertThat(lacking.code()).isZero();
    assertThat(lacking.out())
        .containsPattern("loads +no")
        .containsPattern("problem +.*safetensors");
  }

  @Test
  void exportNamesTheDirectoryAndKeepsASoundOne() {
    String[] args = {
      "export",
      "--model",
      golden.resolve("checkpoint").toString(),
      "--precision",
      "fp32",
      "--output",
      directory.resolve("exports").toString()
    };

    Outcome first = CliRunner.run(args);
    Outcome second = CliRunner.run(args);

    assertThat(first.code()).isZero();
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(Path.of(first.out().strip())).isDirectoryContaining("glob:**/manifest.json");
  }

  @Test
  void doctorNamesTheBackendAndTheJavaVersion() {
    Outcome outcome = CliRunner.run("doctor");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("onnx-cpu: available", System.getProperty("java.version"));
    assertThat(outcome.out().lines())
        .filteredOn(line -> line.startsWith("cpu class ") || line.startsWith("memory "))
        .hasSize(2);
    assertThat(outcome.out()).containsPattern("precision +onnx-cpu: for 7B: \\w+");
  }

  @Test
  void everyCommandHelps() {
    for (String command :
        new String[] {"ask", "tokenize", "preprocess", "trace", "inspect", "export", "doctor"}) {
      Outcome outcome = CliRunner.run(command, "--help");

      assertThat(outcome.code()).as(command).isZero();
      assertThat(outcome.out()).as(command).contains("Usage: llava-med " + command, "Example:");
    }
    assertThat(CliRunner.run("help").out()).contains("ask", "doctor");
    assertThat(CliRunner.run("asq").err()).startsWith("error: ");
  }

  private void isClose(Checkpoint trace, String name, String key, double tolerance) {
    TensorAssert.isCloseTo(
        name,
        trace.tensor(name).toFloats(),
        GoldenFolder.floats(golden.resolve(prompt.path(key).path("file").asText())),
        tolerance,
        0);
  }

  private Outcome tokenize(String input) {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      return CliRunner.run("tokenize", "--model", golden.resolve("checkpoint").toString());
    } finally {
      System.setIn(before);
    }
  }

  private Path copyOf(Path source) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (var files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
