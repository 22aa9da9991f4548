package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.training.AdapterFormat;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir private Path directory;

  private static void stopAfter(long steps, TrainingConfig config) throws IOException {
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      run.runUntil(steps);
    }
  }

  private List<String> entries(String folder) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) -> assertThat(Arrays.equals(found.get(name), values)).as(name).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "adapter", "lora", "lora, merged"})
  void goesOnBitForBit(String what) throws IOException {
    TrainingConfig.Builder config = SmallRun.config(directory.resolve("straight"));
    if (what.equals("adapter")) {
      config.tuneMmMlpAdapter(true);
    } else if (what.startsWith("lora")) {
      config.loraRank(2).adapterOnly(!what.endsWith("merged"));
    }
    Map<String, float[]> straight = SmallRun.train(config.build(), TrainingListener.NONE);
    TrainingConfig stopped = config.outputDir(directory.resolve("stopped")).build();
    stopAfter(4, stopped);

    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> resumed = SmallRun.train(stopped, record);

    assertThat(record.steps.get(0).step()).isEqualTo(4);
    assertThat(record.warnings).isEmpty();
    assertSame(resumed, straight);
    assertThat(Files.readAllLines(directory.resolve("stopped/metrics.jsonl"))).hasSize(6);
  }

  @Test
  void passesOverDamagedCheckpoints() throws IOException {
    TrainingConfig config = SmallRun.config(directory).saveSteps(2).build();
    Map<String, float[]> expected =
        SmallRun.train(
            config.toBuilder().outputDir(directory.resolve("straight")).build(),
            TrainingListener.NONE);
    stopAfter(6, config);
    Path optimizer = directory.resolve("checkpoint-6/optimizer.safetensors");
    Files.write(optimizer, Arrays.copyOf(Files.readAllBytes(optimizer), 1000));
    Files.delete(directory.resolve("checkpoint-4/complete.json"));
    Files.createDirectory(directory.resolve(".checkpoint-8.partial"));

    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> resumed = SmallRun.train(config, record);

    assertThat(record.warnings).hasSize(2);
    assertThat(record.warnings.get(0)).contains("checkpoint-6", "optimizer.safetensors", "1000");
    assertThat(record.warnings.get(1)).contains("checkpoint-4", "complete.json");
    assertThat(record.steps.get(0).step()).isEqualTo(3);
    assertSame(resumed, expected);
  }

  @Test
  void refusesCheckpointOfAnotherRun() throws IOException {
    stopAfter(3, SmallRun.config(directory).build());

    assertThatThrownBy(
            () ->
                TrainingRun.open(
                    SmallRun.config(directory).tuneMmMlpAdapter(true).build(),
                    TrainingListener.NONE))
        .isInstanceOf(ModelMismatchException.class)
        .hasMessageContaining("checkpoint-3")
        .hasMessageContaining("other tensors");
    assertThatThrownBy(
            () ->
                TrainingRun.open(SmallRun.config(directory).seed(8).build(), TrainingListener.NONE))
        .hasMessageContaining("seed");
  }

  @Test
  void keepsTheNewestCheckpointsAndAllAdapters() throws IOException {
    TrainingConfig config =
        SmallRun.config(directory)
            .tuneMmMlpAdapter(true)
            .saveSteps(1)
            .saveTotalLimit(2)
            .maxSteps(4)
            .build();

    SmallRun.train(config, TrainingListener.NONE);

    assertThat(entries("."))
        .containsExactly(
            "checkpoint-3",
            "checkpoint-4",
            "loss_curve.png",
            "metrics.jsonl",
            "mm_projector",
            "mm_projector.bin",
            "trainer_state.json");
    assertThat(entries("mm_projector"))
        .containsExactly(
            "checkpoint-1.bin", "checkpoint-2.bin", "checkpoint-3.bin", "checkpoint-4.bin");
    assertThat(entries("checkpoint-4"))
        .containsExactly(
            "complete.json", "optimizer.safetensors", "trained.safetensors", "trainer_state.json");
    try (Checkpoint adapter = Checkpoint.open(directory.resolve("mm_projector.bin"))) {
      assertThat(adapter.tensors().keySet())
          .containsExactlyInAnyOrder(
              "model.embed_tokens.weight", "model.mm_projector.weight", "model.mm_projector.bias");
    }
  }

  @Test
  void writesAModelThatLoads() throws IOException {
    TrainingConfig config =
        SmallRun.config(directory).tuneMmMlpAdapter(true).adapterOnly(false).maxSteps(2).build();

    Map<String, float[]> trained = SmallRun.train(config, TrainingListener.NONE);

    LoadOptions options =
        LoadOptions.defaults()
            .withVisionTower(new VisionTowerSource.Directory(config.visionTower()));
    try (LoadedModel model = ModelLoader.load(directory, options)) {
      assertThat(model.config().languageModel().vocabSize()).isEqualTo(404);
      assertThat(model.config().mmUseImStartEnd()).isTrue();
      assertThat(model.config().featureSelection().layer()).isEqualTo(-2);
      assertThat(model.tokenizer().idOf("<im_end>")).hasValue(403);
      assertThat(model.tokenizer().specialTokens().pad()).hasValue(400);
      assertThat(model.artifacts().weights().tensor("model.mm_projector.0.weight").toFloats())
          .isEqualTo(trained.get("model.mm_projector.weight"));
      assertThat(model.artifacts().weights().tensor("model.embed_tokens.weight").toFloats())
          .isEqualTo(trained.get("model.embed_tokens.weight"));
    }
  }

  @ParameterizedTest
  @EnumSource(AdapterFormat.class)
  void goesOnFromAnAdapterFile(AdapterFormat format) throws IOException {
    TrainingConfig first =
        SmallRun.config(directory.resolve("first"))
            .tuneMmMlpAdapter(true)
            .adapterFormat(format)
            .maxSteps(2)
            .build();
    Map<String, float[]> trained = SmallRun.train(first, TrainingListener.NONE);
    TrainingConfig second =
        SmallRun.config(directory.resolve("second"))
            .pretrainMmMlpAdapter(directory.resolve("first/mm_projector." + format.extension()))
            .build();

    try (TrainingRun run = TrainingRun.open(second, TrainingListener.NONE)) {
      Map<String, float[]> start = SmallRun.weights(run.params());

      assertThat(start.get("model.mm_projector.weight"))
          .isEqualTo(trained.get("model.mm_projector.weight"));
      int markers = 402 * 64;
      float[] mine = start.get("model.embed_tokens.weight");
      float[] theirs = trained.get("model.embed_tokens.weight");
      assertThat(Arrays.equals(mine, markers, mine.length, theirs, markers, mine.length)).isTrue();
    }
  }
}
