package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.SampleGrouping;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleGroupingTest {
  private static final int SAMPLES = 403;
  private static final int BATCH = 4;

  @TempDir private Path directory;

  private static int[] lengths() {
    Random random = new Random(3);
    return random.ints(SAMPLES, 1, 1000).toArray();
  }

  private static int padding(int[] order, int[] lengths) {
    int padding = 0;
    for (int from = 0; from < order.length; from += BATCH) {
      int[] batch = Arrays.copyOfRange(order, from, Math.min(order.length, from + BATCH));
      int longest = Arrays.stream(batch).map(i -> lengths[i]).max().orElseThrow();
      padding += Arrays.stream(batch).map(i -> longest - lengths[i]).sum();
    }
    return padding;
  }

  @Test
  void putsSamplesOfOneLengthTogether() {
    int[] lengths = lengths();

    int[] grouped = LengthGroups.wide(lengths, BATCH).of(new Random(1));

    assertThat(grouped).containsExactlyInAnyOrder(IntStream.range(0, SAMPLES).toArray());
    assertThat(padding(grouped, lengths))
        .isLessThan(padding(Arrangement.shuffle(SAMPLES).of(new Random(1)), lengths) / 5);
    assertThat(lengths[grouped[0]]).isEqualTo(Arrays.stream(lengths).max().orElseThrow());
    assertThat(LengthGroups.wide(lengths, BATCH).of(new Random(1))).isEqualTo(grouped);
    assertThat(LengthGroups.wide(lengths, BATCH).of(new Random(2))).isNotEqualTo(grouped);
  }

  @Test
  void keepsImagesAndTextApartButForTheRest() {
    int[] lengths = lengths();
    boolean[] images = new boolean[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      images[i] = i % 3 != 0;
    }

    int[] grouped = new ModalityGroups(lengths, images, BATCH).of(new Random(1));

    assertThat(grouped).containsExactlyInAnyOrder(IntStream.range(0, SAMPLES).toArray());
    int mixed = 0;
    for (int from = 0; from < SAMPLES; from += BATCH) {
      int[] batch = Arrays.copyOfRange(grouped, from, Math.min(SAMPLES, from + BATCH));
      long seeing = Arrays.stream(batch).filter(i -> images[i]).count();
      mixed += seeing > 0 && seeing < batch.length ? 1 : 0;
    }
    assertThat(mixed).isLessThanOrEqualTo(2);
  }

  @Test
  void givesRanksAsManyOfTheSameLength() {
    int[] lengths = lengths();
    LengthGroups groups = LengthGroups.wide(lengths, 2 * BATCH);
    MicroBatchOrder[] orders = new MicroBatchOrder[2];
    for (int rank = 0; rank < 2; rank++) {
      orders[rank] =
          MicroBatchOrder.shuffled(groups, BATCH, 51, 9, new RankContext(rank, 2, "localhost", 1));
    }
    for (long number = 0; number < 40; number++) {
      int[] first = orders[0].samples(number);
      int[] second = orders[1].samples(number);
      assertThat(first).doesNotContain(second).hasSameSizeAs(second);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SampleGrouping.class,
      names = {"LENGTH", "MODALITY_LENGTH"})
  void goesOnBitForBit(SampleGrouping grouping) throws IOException {
    TrainingConfig.Builder config =
        SmallRun.config(directory.resolve("straight"))
            .dataPath(SmallRun.FOLDER.resolve("data/mixed.json"))
            .data(data -> data.withGrouping(grouping));
    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> straight = SmallRun.train(config.build(), record);
    TrainingConfig stopped = config.outputDir(directory.resolve("stopped")).build();
    try (TrainingRun run = TrainingRun.open(stopped, TrainingListener.NONE)) {
      run.runUntil(4);
    }

    RunRecord resumed = new RunRecord(Set.of());
    Map<String, float[]> again = SmallRun.train(stopped, resumed);

    List<List<Integer>> expected =
        record.steps.stream().skip(3).map(step -> step.samples()).toList();
    assertThat(resumed.steps.stream().map(step -> step.samples())).isEqualTo(expected);
    straight.forEach(
        (name, values) -> assertThat(Arrays.equals(values, again.get(name))).as(name).isTrue());
  }
}
