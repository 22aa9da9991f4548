package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.Sharding;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast;
import io.github.llavamed.training.TrainingForecast.TensorGroup;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunForecastTest {
  @TempDir private Path directory;

  private TrainingConfig.Builder config() {
    return SmallRun.config(directory.resolve("out"));
  }

  static Stream<UnaryOperator<TrainingConfig.Builder>> settings() {
    return Stream.of(
        config -> config,
        config -> config.tuneMmMlpAdapter(true),
        config -> config.tuneMmMlpAdapter(true).mmUseImStartEnd(false),
        config -> config.freezeBackbone(true),
        config -> config.freezeMmMlpAdapter(true).maxSteps(-1).numTrainEpochs(2.5),
        config -> config.loraRank(2).precision(Precision.BF16));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void foretellsTheRun(UnaryOperator<TrainingConfig.Builder> settings) throws IOException {
    TrainingConfig config = settings.apply(config()).build();

    TrainingForecast forecast = new LibtorchTrainer().forecast(config);

    assertThat(directory).isEmptyDirectory();
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      assertThat(forecast.plan()).isEqualTo(run.plan());
      assertThat(forecast.groups().stream().mapToLong(TensorGroup::parameters).sum())
          .isEqualTo(
              run.params().names().stream().mapToLong(n -> run.params().get(n).numel()).sum());
      assertThat(forecast.memory().weights())
          .isEqualTo(
              run.params().names().stream().mapToLong(n -> run.params().get(n).nbytes()).sum());
    }
    assertThat(forecast.groups().stream().filter(TensorGroup::trained))
        .extracting(TensorGroup::tensors)
        .satisfies(
            counts ->
                assertThat(counts.stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(forecast.plan().trainable().size()));
    assertThat(forecast.memory().optimizer()).isEqualTo(8 * forecast.plan().trainableParameters());
    assertThat(forecast.memory().recomputedActivations())
        .isLessThan(forecast.memory().activations());
  }

  @Test
  void tellsPartsAndDecay() throws IOException {
    TrainingForecast forecast =
        new LibtorchTrainer().forecast(config().tuneMmMlpAdapter(true).build());

    assertThat(forecast.groups())
        .contains(
            new TensorGroup("projector", true, true, 1, 32 * 64),
            new TensorGroup("projector", true, false, 1, 64),
            new TensorGroup("token embedding", true, true, 1, 404 * 64),
            new TensorGroup("output head", false, false, 1, 404 * 64));
  }

  @Test
  void countsWhatCannotBeUsed() throws IOException {
    Path data = directory.resolve("data.json");
    String good =
        """
        {"image": "im_00.png", "conversations": [
          {"from": "human", "value": "<image>\\nWhat?"}, {"from": "gpt", "value": "x"}]}\
        """;
    Files.writeString(
        data,
        "["
            + String.join(
                ",",
                good,
                good.replace("im_00", "absent"),
                good,
                good.replace("\"x\"", "\"\""),
                good.replace("im_00", "im_01"))
            + "]");

    TrainingForecast.DataSummary summary =
        new LibtorchTrainer().forecast(config().dataPath(data).build()).data();

    assertThat(summary.samples()).isEqualTo(5);
    assertThat(summary.withImage()).isEqualTo(3);
    assertThat(summary.distinctImages()).isEqualTo(2);
    assertThat(summary.unusable()).hasSize(2);
    assertThat(summary.unusable().get(0)).contains("sample 1", "absent.png");
    assertThat(summary.unusable().get(1)).contains("sample 3", "answer");
  }

  @Test
  void dividesTheMemoryOfShardedRanks() throws IOException {
    TrainingConfig one = config().build();
    TrainingConfig four =
        config().ranks(new RankContext(1, 4, "127.0.0.1", 29_500)).sharding(Sharding.FULL).build();

    TrainingForecast.MemoryEstimate alone = new LibtorchTrainer().forecast(one).memory();
    TrainingForecast.MemoryEstimate shared = new LibtorchTrainer().forecast(four).memory();

    assertThat(shared.optimizer()).isBetween(alone.optimizer() / 5, alone.optimizer() / 4);
    assertThat(shared.gradients()).isLessThan(alone.gradients() / 3);
    assertThat(shared.recompute()).isTrue();
  }

  @Test
  void goesOnWhereTheNewestWholeCheckpointIs() throws IOException {
    TrainingConfig config = config().build();
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      run.runUntil(4);
    }
    List<Path> before;
    try (Stream<Path> tree = Files.walk(directory)) {
      before = tree.toList();
    }

    TrainingForecast forecast = new LibtorchTrainer().forecast(config);

    assertThat(forecast.plan().firstStep()).isEqualTo(4);
    try (Stream<Path> tree = Files.walk(directory)) {
      assertThat(tree).containsExactlyElementsOf(before);
    }
  }
}
