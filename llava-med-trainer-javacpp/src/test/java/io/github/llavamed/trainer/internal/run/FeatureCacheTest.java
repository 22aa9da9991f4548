package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.engine.StoredFeatures;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureCacheTest {
  private static final String KEY = TowerHash.of(new byte[] {1});

  @TempDir private Path directory;

  private TrainingConfig.Builder cached(String output) {
    return SmallRun.config(directory.resolve(output))
        .tuneMmMlpAdapter(true)
        .maxSteps(12) // more than two epochs
        .data(data -> data.withFeatureCache(directory.resolve("cache")));
  }

  private static long train(TrainingConfig config, RunRecord record) throws IOException {
    try (TrainingRun run = TrainingRun.open(config, record)) {
      run.run();
      return run.towerRuns();
    }
  }

  private static List<Double> losses(RunRecord record) {
    return record.steps.stream().map(StepMetrics::loss).toList();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> tree = Files.walk(directory.resolve("cache"))) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void runsTheTowerOncePerImageAndComputesTheSameBits(Precision precision) throws IOException {
    RunRecord without = new RunRecord(Set.of());
    long all =
        train(
            cached("without")
                .precision(precision)
                .data(data -> data.withFeatureCache(null))
                .build(),
            without);
    RunRecord with = new RunRecord(Set.of());
    long first = train(cached("with").precision(precision).build(), with);
    RunRecord again = new RunRecord(Set.of());
    long second = train(cached("again").precision(precision).build(), again);

    assertThat(all).isEqualTo(12 * 3 * 2); // as many as samples were seen
    // One run for each image file, but for those that were read ahead before they were stored.
    assertThat(first).isBetween((long) files().size(), files().size() + 10L);
    assertThat(second).isZero();
    assertThat(losses(with)).isEqualTo(losses(without));
    assertThat(losses(again)).isEqualTo(losses(without));
    assertThat(with.warnings).isEmpty();
  }

  @Test
  void runsNoTowerAfterARestart() throws IOException {
    TrainingConfig config = cached("out").saveSteps(7).build();
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      run.runUntil(8); // one epoch and more
      assertThat(run.towerRuns()).isPositive();
    }

    RunRecord record = new RunRecord(Set.of());
    assertThat(train(config, record)).isZero();
    assertThat(record.steps.get(0).step()).isEqualTo(8);
  }

  @Test
  void computesDamagedFilesAgainAndSaysSo() throws IOException {
    train(cached("first").build(), new RunRecord(Set.of()));
    Path flipped = files().get(0);
    byte[] bytes = Files.readAllBytes(flipped);
    bytes[bytes.length / 2] ^= 1;
    Files.write(flipped, bytes);
    Path cut = files().get(1);
    Files.write(cut, new byte[3]);

    RunRecord record = new RunRecord(Set.of());
    long runs = train(cached("second").build(), record);

    assertThat(runs).isBetween(2L, 4L);
    assertThat(record.warnings)
        .anyMatch(warning -> warning.contains(flipped.getFileName() + " is damaged"))
        .anyMatch(warning -> warning.contains(cut.getFileName() + " is damaged"));
    assertThat(Files.size(cut)).isEqualTo(bytes.length);
  }

  @Test
  void keepsToAnotherTowerAndOtherSettings() throws IOException {
    train(cached("first").build(), new RunRecord(Set.of()));
    int before = files().size();

    long runs = train(cached("layer").mmVisionSelectLayer(-1).build(), new RunRecord(Set.of()));

    assertThat(runs).isGreaterThanOrEqualTo(before);
    assertThat(files()).hasSize(2 * before);
  }

  @Test
  void addsNothingAboveItsBound() throws IOException {
    StoredFeatures features = new StoredFeatures(ScalarType.Float, 2, 3, new byte[24]);
    FeatureCache cache = FeatureCache.open(directory.resolve("cache"), "tower", 100);
    cache.put(KEY, features);
    cache.put(TowerHash.of(new byte[] {2}), features);
    cache.put(TowerHash.of(new byte[] {3}), features);

    assertThat(files()).hasSize(2);
    assertThat(cache.takeWarnings()).singleElement().asString().contains("bound of 100 bytes");
    FeatureCache again = FeatureCache.open(directory.resolve("cache"), "other", 100);
    again.put(KEY, features);
    assertThat(again.find(KEY)).isNull();
    assertThat(cache.find(KEY)).isNotNull();
  }
}
