package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightCommandsTest {
  private static final Path ROUND_TRIP =
      GoldenFolder.committed("weights").resolve("roundtrip_fp16");

  @TempDir Path directory;

  @Test
  void appliesADeltaWithEitherSpellingOfTheOptions() throws IOException {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");

    Outcome apply =
        CliRunner.run(
            "apply-delta",
            "--base",
            ROUND_TRIP.resolve("base").toString(),
            "--delta",
            ROUND_TRIP.resolve("delta").toString(),
            "--target",
            first.toString(),
            "--verify");
    CliRunner.run(
        "apply-delta",
        "--base_model_path",
        ROUND_TRIP.resolve("base").toString(),
        "--delta_path",
        ROUND_TRIP.resolve("delta").toString(),
        "--target_model_path",
        second.toString());

    assertThat(apply.code()).isZero();
    assertThat(apply.out()).contains(first.toString());
    assertThat(apply.err()).contains("verified");
    try (Checkpoint one = Checkpoint.open(first);
        Checkpoint two = Checkpoint.open(second);
        Checkpoint expected = Checkpoint.open(ROUND_TRIP.resolve("restored"))) {
      for (String name : one.tensors().keySet()) {
        assertThat(one.tensor(name).toFloats()).isEqualTo(expected.tensor(name).toFloats());
        assertThat(two.tensor(name).toFloats()).isEqualTo(expected.tensor(name).toFloats());
      }
    }
  }

  @Test
  void refusesATargetThatHoldsFilesUnlessToldOtherwise() {
    String[] args = {
      "consolidate",
      "--src",
      ROUND_TRIP.resolve("target").toString(),
      "--dst",
      directory.resolve("out").toString()
    };
    CliRunner.run(args);

    Outcome refused = CliRunner.run(args);
    Outcome replaced =
        CliRunner.run(args[0], args[1], args[2], args[3], args[4], "--overwrite", "True");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("exists already");
    assertThat(replaced.code()).isZero();
  }

  @Test
  void extractsTheProjector() throws IOException {
    Path file = directory.resolve("mm_projector.bin");

    Outcome outcome =
        CliRunner.run(
            "extract-mm-projector",
            "--model_name_or_path",
            ROUND_TRIP.resolve("target").toString(),
            "--output",
            file.toString());

    assertThat(outcome.code()).isZero();
    try (Checkpoint projector = Checkpoint.open(file)) {
      assertThat(projector.tensors())
          .containsOnlyKeys(
              "model.embed_tokens.weight", "model.mm_projector.bias", "model.mm_projector.weight");
    }
  }

  @Test
  void convertsToTheTypeAskedFor() throws IOException {
    Path out = directory.resolve("out");

    CliRunner.run(
        "consolidate",
        "--src",
        ROUND_TRIP.resolve("target").toString(),
        "--dst",
        out.toString(),
        "--dtype",
        "bfloat16");

    try (Checkpoint converted = Checkpoint.open(out)) {
      assertThat(converted.tensors().get("model.norm.weight").dtype()).isEqualTo(DType.BF16);
    }
    assertThat(CliRunner.run("consolidate", "--src", "a", "--dst", "b", "--dtype", "int3").code())
        .isEqualTo(2);
  }

  @Test
  void reportsEveryTensorAsJson() throws IOException {
    Path file = directory.resolve("reports/apply.json");
    Path target = directory.resolve("model");

    CliRunner.run(
        "apply-delta",
        "--base",
        ROUND_TRIP.resolve("base").toString(),
        "--delta",
        ROUND_TRIP.resolve("delta").toString(),
        "--target",
        target.toString(),
        "--report",
        file.toString());

    ObjectNode report = JsonText.object(Files.readString(file), "report");
    assertThat(report.path("output").asText()).isEqualTo(target.toString());
    try (Checkpoint model = Checkpoint.open(target)) {
      assertThat(report.path("tensors")).hasSameSizeAs(model.tensors().keySet());
      for (JsonNode tensor : report.path("tensors")) {
        String name = tensor.path("name").asText();
        assertThat(model.tensors()).containsKey(name);
        assertThat(tensor.path("dtype").asText()).isEqualTo("F16");
        assertThat(tensor.path("shape")).hasSize(model.tensors().get(name).shape().rank());
        assertThat(tensor.path("action").asText()).isIn("added", "copied", "recomputed");
        assertThat(tensor.path("nan").isIntegralNumber()).isTrue();
        assertThat(tensor.path("inf").isIntegralNumber()).isTrue();
      }
    }
  }
}
