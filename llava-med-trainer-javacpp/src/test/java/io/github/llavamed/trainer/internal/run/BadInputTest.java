package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingQuirks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {
  private static final String GOOD =
      """
      {"image": "im_00.png", "conversations": [
        {"from": "human", "value": "<image>\\nWhat?"}, {"from": "gpt", "value": "x"}]}\
      """;

  @TempDir private Path directory;

  private TrainingConfig.Builder config(String... samples) throws IOException {
    Path data = directory.resolve("data.json");
    Files.writeString(data, "[" + String.join(",", samples) + "]");
    return SmallRun.config(directory.resolve("out"))
        .dataPath(data)
        .maxSteps(2)
        .perDeviceTrainBatchSize(1)
        .gradientAccumulationSteps(2);
  }

  private static void train(TrainingConfig config) throws IOException {
    SmallRun.train(config, TrainingListener.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"from\": \"human\", \"value\": \"<image>\\nWhat?\"}]|expected an answer",
        "[{\"from\": \"human\", \"value\": \"A\"}, {\"from\": \"gpt\", \"value\": \" \"}]|expected"
            + " an answer",
        "[{\"from\": \"human\", \"value\": \"<image>\\n"
            + "A\"}, {\"from\": \"gpt\", \"value\": \"x\"}]|has no 'image'",
        "{\"human\": \"A\"}|expected 'conversations', found no array",
      })
  void refusesASampleByItsNumber(String turns, String message) throws IOException {
    TrainingConfig config = config(GOOD, "{\"conversations\": " + turns + "}").build();

    assertThatThrownBy(() -> train(config))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("sample 1")
        .hasMessageContaining(message);
  }

  @Test
  void trainsUncheckedSamplesOnRequest() throws IOException {
    String tagAlone = GOOD.replace("\"image\": \"im_00.png\", ", "");

    train(config(GOOD, tagAlone).quirks(TrainingQuirks.ALL).build());

    assertThat(directory.resolve("out/metrics.jsonl")).isNotEmptyFile();
  }

  @Test
  void refusesSamplesLongerThanTheContext() throws IOException {
    String wordy = GOOD.replace("\"x\"", "\"" + "liver ".repeat(600) + "\"");

    assertThatThrownBy(() -> train(config(GOOD, wordy).modelMaxLength(4000).build()))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("sample 1")
        .hasMessageContaining("context of 512");
  }

  @Test
  void saysThatSamplesAreCutAndRefusesThoseOfWhichNothingIsLeft() throws IOException {
    String wordy = GOOD.replace("\"x\"", "\"" + "liver ".repeat(600) + "\"");
    RunRecord record = new RunRecord(Set.of());

    SmallRun.train(config(GOOD, wordy).build(), record);

    assertThat(record.warnings).singleElement().asString().contains("sample 1: cut at", "256");
    String text = wordy.replace("\"image\": \"im_00.png\", ", "").replace("<image>\\n", "");
    assertThatThrownBy(() -> train(config(text).modelMaxLength(30).build()))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("before anything is trained");
  }

  @Test
  void stopsAtALossThatIsNoNumberAndKeepsTheCheckpoint() throws IOException {
    TrainingConfig good = config(GOOD, GOOD).saveSteps(1).learningRate(1e-3).maxSteps(3).build();
    TrainingConfig wild = good.toBuilder().learningRate(1e38).saveSteps(2).build();
    try (TrainingRun run = TrainingRun.open(good, TrainingListener.NONE)) {
      run.runUntil(1);
    }
    RunRecord record = new RunRecord(Set.of());

    assertThatThrownBy(() -> SmallRun.train(wild, record))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("step 3")
        .hasMessageContaining("samples [")
        .hasMessageContaining("NaN");
    assertThat(record.steps).hasSize(1);
    assertThat(directory.resolve("out/config.json")).doesNotExist();
    try (TrainingRun run = TrainingRun.open(good, TrainingListener.NONE)) {
      assertThat(run.plan().firstStep()).isEqualTo(3);
    }
  }

  @Test
  void leavesNothingHalfWrittenOnAFullDisk() throws IOException {
    CheckpointFolder folder = new CheckpointFolder(directory);
    GuardedOutput output = new GuardedOutput(directory);
    folder.write(3, staging -> Files.writeString(staging.resolve("weights"), "whole"));

    assertThatThrownBy(
            () ->
                output.write(
                    6,
                    "checkpoint-6",
                    () ->
                        folder.write(
                            6,
                            staging -> {
                              Files.writeString(staging.resolve("weights"), "ha");
                              throw new IOException("No space left on device");
                            })))
        .isInstanceOf(LlavaMedException.class)
        .hasMessage(
            "step 6: checkpoint-6 cannot be written: No space left on device; make room or choose"
                + " another outputDir, and start again: the run goes on from "
                + directory.resolve("checkpoint-3"));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(directory.resolve("checkpoint-3"));
    }
    assertThat(CheckpointFolder.damage(directory.resolve("checkpoint-3"))).isEmpty();
  }

  @Test
  void endsWhenNothingCanBeWrittenAndGoesOnAfterwards() throws IOException {
    TrainingConfig config = config(GOOD, GOOD).saveSteps(1).maxSteps(4).build();
    Map<String, float[]> straight =
        SmallRun.train(
            config.toBuilder().outputDir(directory.resolve("straight")).build(),
            TrainingListener.NONE);
    Path out = config.outputDir();
    Path aside = directory.resolve("aside");
    TrainingListener obstacle =
        new TrainingListener() {
          @Override
          public void saved(long step, Path path) {
            if (step == 2) {
              try {
                Files.move(out, aside);
                Files.writeString(out, "no directory");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }
          }
        };

    assertThatThrownBy(() -> SmallRun.train(config, obstacle))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("step 3: checkpoint-3 cannot be written: FileAlreadyExistsException");
    Files.delete(out);
    Files.move(aside, out);
    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> resumed = SmallRun.train(config, record);

    assertThat(record.steps.get(0).step()).isEqualTo(3);
    straight.forEach((name, values) -> assertThat(resumed.get(name)).as(name).isEqualTo(values));
  }
}
