package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  private static final Path TRAIN = GoldenFolder.committed("train");

  /** Tolerance of the golden cases' own description, for losses. */
  private static final double LOSS_TOLERANCE = 2e-5;

  @TempDir Path directory;

  @Test
  void trainsLikeTheOriginalByTheOriginalsFlags() throws IOException {
    Path golden = TRAIN.resolve("cases/freeze_backbone_raw");
    Path metrics = directory.resolve("metrics.jsonl");
    Path output = directory.resolve("out");
    List<String> args = new ArrayList<>(List.of("train", "--threads", "1", "--no-progress"));
    addFlags(args, GoldenFolder.json(golden.resolve("case.json")), output);
    args.addAll(List.of("--order-file", golden.resolve("order.json").toString()));
    args.addAll(List.of("--initial_tensors", golden.resolve("init.safetensors").toString()));
    args.addAll(List.of("--metrics-file", metrics.toString()));

    Outcome outcome = CliRunner.run(args.toArray(new String[0]));

    assertThat(outcome.err()).doesNotContain("error");
    assertThat(outcome.code()).isZero();
    JsonNode steps = GoldenFolder.json(golden.resolve("expected.json")).path("steps");
    List<String> lines = Files.readAllLines(metrics);
    assertThat(lines).hasSize(steps.size()).isNotEmpty();
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = JsonText.object(lines.get(i), "line " + i);
      assertThat(line.path("loss").asDouble())
          .isCloseTo(steps.get(i).path("step_loss").asDouble(), within(LOSS_TOLERANCE));
      assertThat(line.path("learning_rate").asDouble())
          .isCloseTo(steps.get(i).path("lr").asDouble(), within(1e-15));
      assertThat(line.path("samples")).isNotEmpty();
      assertThat(line.path("micro_losses")).isNotEmpty();
    }
    try (Checkpoint trained = Checkpoint.open(output)) {
      assertThat(trained.tensors()).containsKey("lm_head.weight");
    }
  }

  @Test
  void printsThePlanAndWritesNothingOnADryRun() throws IOException {
    Path golden = TRAIN.resolve("cases/stage1_save");
    Path output = directory.resolve("out");
    List<String> args = new ArrayList<>(List.of("train", "--dry-run", "--threads", "1"));
    addFlags(args, GoldenFolder.json(golden.resolve("case.json")), output);

    Outcome outcome = CliRunner.run(args.toArray(new String[0]));

    assertThat(outcome.err()).doesNotContain("error");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("trained: 3 tensors")
        .containsPattern("projector +1 tensors +2,048 parameters +weight decay")
        .containsPattern("projector +1 tensors +64 parameters +never weight decay")
        .contains("32 with an image", "memory of each rank, an estimate", "nothing was run");
    assertThat(output).doesNotExist();
  }

  @Test
  void namesAnUnknownFlagAndAnUnknownPreset() {
    Outcome flag = CliRunner.run("train", "--learning_rat", "1");
    Outcome preset = CliRunner.run("train", "--preset", "stage9");

    assertThat(flag.code()).isEqualTo(2);
    assertThat(flag.err()).contains("learning_rat");
    assertThat(preset.code()).isEqualTo(2);
    assertThat(preset.err()).contains("stage1, stage2 or vqa-finetune");
  }

  /** Takes over the case's arguments, paths made absolute. */
  private static void addFlags(List<String> args, JsonNode golden, Path output) {
    JsonNode flags = golden.path("arguments");
    assertThat(flags.isEmpty()).isFalse();
    for (Map.Entry<String, JsonNode> flag : flags.properties()) {
      String value = flag.getValue().asText();
      boolean path =
          flag.getKey().matches("model_name_or_path|data_path|image_folder|vision_tower");
      args.add("--" + flag.getKey());
      args.add(path ? TRAIN.resolve(value).toString() : value);
    }
    args.addAll(List.of("--output_dir", output.toString()));
  }
}
