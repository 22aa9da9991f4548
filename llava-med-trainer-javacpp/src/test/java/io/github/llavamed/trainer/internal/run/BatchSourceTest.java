package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.training.BadSamplePolicy;
import io.github.llavamed.training.InvalidTrainingDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSourceTest {
  private static final int COUNT = 1000;
  private static final int BAD = 7;

  private final RunRecord record = new RunRecord(Set.of());

  private static SampleLoader.Loaded sample(int number) {
    int[] ids = {number};
    return new SampleLoader.Loaded(number, new EncodedSample(ids, ids, 1), null, List.of());
  }

  private static SampleLoader.Loaded withBadOnes(int number) {
    if (number % 10 == BAD) {
      throw new InvalidTrainingDataException("sample " + number + ": no image", null);
    }
    return sample(number);
  }

  private static MicroBatch collated(List<SampleLoader.Loaded> samples) {
    int[][] ids = samples.stream().map(s -> s.text().inputIds()).toArray(int[][]::new);
    return new MicroBatch(
        ids, ids, new boolean[ids.length][1], List.of(), 0, List.of(), new boolean[ids.length]);
  }

  private BatchSource source(BatchPreparation.Reader reader, BadSamplePolicy policy, int workers) {
    return new BatchSource(
        number -> new int[] {(int) number * 2, (int) number * 2 + 1},
        new BatchPreparation(reader, BatchSourceTest::collated, policy, COUNT, 5),
        record,
        0,
        workers);
  }

  private static List<List<Integer>> take(BatchSource source, int count) throws IOException {
    List<List<Integer>> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(source.next().samples());
    }
    return taken;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void keepsTheOrderWhateverTheNumberOfThreads(int workers) throws IOException {
    BatchPreparation.Reader unsteady =
        number -> {
          pause(number % 3);
          return sample(number);
        };
    try (BatchSource source = source(unsteady, BadSamplePolicy.FAIL, workers)) {
      List<List<Integer>> batches = take(source, 20);

      for (int i = 0; i < 20; i++) {
        assertThat(batches.get(i)).containsExactly(2 * i, 2 * i + 1);
      }
    }
  }

  private static void pause(int milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readsAheadButNotTheWholeFile() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    CountDownLatch ahead = new CountDownLatch(10); // the first batch and four more
    BatchPreparation.Reader counting =
        number -> {
          reads.incrementAndGet();
          ahead.countDown();
          return sample(number);
        };
    try (BatchSource source = source(counting, BadSamplePolicy.FAIL, 2)) {
      source.next();

      assertThat(ahead.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(reads.get()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void failsWhereTheBatchWouldHaveCome(int workers) throws IOException {
    try (BatchSource source = source(BatchSourceTest::withBadOnes, BadSamplePolicy.FAIL, workers)) {
      take(source, 3);

      assertThatThrownBy(source::next)
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessage("sample 7: no image");
    }
  }

  @Test
  void leavesOutAndSaysSoOnce() throws IOException {
    try (BatchSource source = source(BatchSourceTest::withBadOnes, BadSamplePolicy.SKIP, 2)) {
      List<List<Integer>> batches = take(source, 10);

      assertThat(batches.get(3)).containsExactly(6);
      assertThat(source.refused()).containsExactlyInAnyOrder(7, 17);
    }
    assertThat(record.warnings)
        .containsExactly("left out: sample 7: no image", "left out: sample 17: no image");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void replacesByTheSameSamplesEachTime(int workers) throws IOException {
    List<List<Integer>> first;
    try (BatchSource source =
        source(BatchSourceTest::withBadOnes, BadSamplePolicy.RANDOM, workers)) {
      first = take(source, 100);
    }
    try (BatchSource source = source(BatchSourceTest::withBadOnes, BadSamplePolicy.RANDOM, 1)) {
      assertThat(take(source, 100)).isEqualTo(first);
    }
    assertThat(first).allSatisfy(batch -> assertThat(batch).hasSize(2));
    assertThat(first.stream().flatMap(List::stream)).noneMatch(number -> number % 10 == BAD);
    assertThat(record.warnings.get(0)).isEqualTo("replaced: sample 7: no image");
  }

  @Test
  void givesUpReplacingWhenNothingCanBeRead() {
    BatchPreparation.Reader broken =
        number -> {
          throw new InvalidTrainingDataException("sample " + number + ": no image", null);
        };
    try (BatchSource source = source(broken, BadSamplePolicy.RANDOM, 1)) {
      assertThatThrownBy(source::next)
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessageContaining("sample 0: it and 100 random others");
    }
  }

  @Test
  void waitsForReadersWhenClosed() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    BatchPreparation.Reader slow =
        number -> {
          running.incrementAndGet();
          if (number >= 2) {
            begun.countDown();
            pause(100);
          }
          running.decrementAndGet();
          return sample(number);
        };
    try (BatchSource source = source(slow, BadSamplePolicy.FAIL, 2)) {
      source.next();
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(running.get()).isZero();
  }
}
