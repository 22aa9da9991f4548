package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepPlanTest {
  @TempDir private Path directory;

  private static TrainingConfig config(int batch, int accumulation, double epochs) {
    Path unused = Path.of("unused");
    return TrainingConfig.builder()
        .modelNameOrPath(unused)
        .dataPath(unused)
        .outputDir(unused)
        .perDeviceTrainBatchSize(batch)
        .gradientAccumulationSteps(accumulation)
        .numTrainEpochs(epochs)
        .warmupRatio(0.03)
        .build();
  }

  private static List<Integer> stepsAfter(StepPlan plan, int microBatches) {
    List<Integer> steps = new ArrayList<>();
    for (int number = 0; number < microBatches && steps.size() < plan.totalSteps(); number++) {
      if (plan.endsStep(number, number + 1)) {
        steps.add(number + 1);
      }
    }
    return steps;
  }

  @Test
  void carriesLeftMicroBatchesIntoTheNextEpoch() {
    StepPlan plan = StepPlan.of(10, config(1, 4, 2));

    assertThat(plan.totalSteps()).isEqualTo(4);
    assertThat(stepsAfter(plan, 20)).containsExactly(4, 8, 12, 16);
  }

  @Test
  void stepsAtTheEndOfShortEpochsToo() {
    StepPlan plan = StepPlan.of(7, config(1, 8, 5));

    assertThat(stepsAfter(plan, 28)).startsWith(7, 8, 14, 16, 21);
  }

  @Test
  void countsStepsAndWarmup() {
    TrainingConfig config = config(2, 4, 1.5);
    StepPlan plan = StepPlan.of(101, config);

    assertThat(plan.microBatchesPerEpoch()).isEqualTo(51);
    assertThat(plan.totalSteps()).isEqualTo(18); // 1.5 * (51 / 4)
    assertThat(plan.warmupSteps(config)).isEqualTo(1);
    assertThat(plan.warmupSteps(config.toBuilder().warmupSteps(5).build())).isEqualTo(5);
    assertThat(plan.legacyPosition(13)).isEqualTo(51 + 4);
  }

  private static MicroBatchOrder shuffled(long seed, RankContext ranks) {
    return MicroBatchOrder.shuffled(Arrangement.shuffle(10), 3, 4, seed, ranks);
  }

  @Test
  void dealsSamplesOutToRanks() {
    List<Integer> all = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      MicroBatchOrder order =
          MicroBatchOrder.shuffled(
              Arrangement.shuffle(10), 2, 2, 42, new RankContext(rank, 3, "127.0.0.1", 29500));
      IntStream.of(order.samples(0)).forEach(all::add);
      IntStream.of(order.samples(1)).forEach(all::add);
    }

    // Each has four, so two samples come twice.
    assertThat(all).hasSize(12).contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void shufflesEveryEpochAnew() {
    MicroBatchOrder order = shuffled(42, RankContext.SINGLE);
    List<Integer> first = new ArrayList<>();
    List<Integer> second = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      IntStream.of(order.samples(i)).forEach(first::add);
      IntStream.of(order.samples(4 + i)).forEach(second::add);
    }

    assertThat(first).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    assertThat(order.samples(3)).hasSize(1);
    assertThat(shuffled(42, RankContext.SINGLE).samples(1)).isEqualTo(order.samples(1));
    assertThat(shuffled(43, RankContext.SINGLE).samples(1)).isNotEqualTo(order.samples(1));
  }

  @Test
  void readsAnOrderAndRefusesWrongNumbers() throws IOException {
    Path file = directory.resolve("order.json");
    Files.writeString(file, "{\"micro_batches\": [[3, 1], [0]]}");
    MicroBatchOrder order = MicroBatchOrder.fromFile(file, 4, 0);

    assertThat(order.samples(0)).containsExactly(3, 1);
    assertThatThrownBy(() -> order.samples(2))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("has 2 micro-batches");
    assertThatThrownBy(() -> MicroBatchOrder.fromFile(file, 3, 0))
        .hasMessageContaining("0 to 2")
        .hasMessageContaining("[3,1]");
  }
}
