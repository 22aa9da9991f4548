package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraDropoutTest {
  private static final double SHARE = 0.3;

  @TempDir private Path directory;

  private TrainingConfig.Builder config(String output) {
    return SmallRun.config(directory.resolve(output)).loraRank(4).loraDropout(SHARE);
  }

  private static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    expected.forEach(
        (name, values) -> assertThat(Arrays.equals(found.get(name), values)).as(name).isTrue());
  }

  private static List<Double> losses(RunRecord record) {
    return record.steps.stream().map(StepMetrics::loss).toList();
  }

  @Test
  void dropsTheSamePlacesWhenLayersAreComputedAgainAndAfterARestart() throws IOException {
    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> kept = SmallRun.train(config("kept").build(), record);
    Map<String, float[]> again =
        SmallRun.train(config("again").gradientCheckpointing(true).build(), TrainingListener.NONE);
    TrainingConfig stopped = config("stopped").build();
    try (TrainingRun run = TrainingRun.open(stopped, TrainingListener.NONE)) {
      run.runUntil(4);
    }
    Map<String, float[]> resumed = SmallRun.train(stopped, TrainingListener.NONE);

    assertSame(again, kept);
    assertSame(resumed, kept);
    RunRecord without = new RunRecord(Set.of());
    SmallRun.train(config("without").loraDropout(0).build(), without);
    RunRecord otherwise = new RunRecord(Set.of());
    SmallRun.train(config("zero").loraDropout(1e-9).build(), otherwise);
    // B is zero at first, so the first step's loss does not depend on what is dropped.
    assertThat(losses(record).get(0)).isEqualTo(losses(without).get(0));
    assertThat(losses(record).get(1)).isNotEqualTo(losses(without).get(1));
    assertThat(losses(otherwise)).isEqualTo(losses(without));
  }

  @Test
  void writesItsShareIntoTheAdapter() throws IOException {
    SmallRun.train(config("out").maxSteps(1).build(), TrainingListener.NONE);

    JsonNode adapter = GoldenFolder.json(directory.resolve("out/adapter_config.json"));
    assertThat(adapter.get("lora_dropout").doubleValue()).isEqualTo(SHARE);
  }
}
