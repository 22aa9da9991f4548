package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.BadSamplePolicy;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.SaveStrategy;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingQuirks;
import io.github.llavamed.training.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int WIDTH = 64;
  private static final int STEPS = 50;

  @TempDir private Path directory;

  private TrainingConfig.Builder config() {
    return SmallRun.config(directory.resolve("out")).saveStrategy(SaveStrategy.NO);
  }

  private static Set<Integer> changedRows(float[] before, float[] after) {
    Set<Integer> rows = new TreeSet<>();
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i]) {
        rows.add(i / WIDTH);
      }
    }
    return rows;
  }

  private Set<Integer> trainedRows(TrainingConfig config) throws IOException {
    float[] before;
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      before = SmallRun.weights(run.params()).get(EMBEDDING);
    }
    return changedRows(before, SmallRun.train(config, TrainingListener.NONE).get(EMBEDDING));
  }

  @Test
  void trainsOnlyTheMarkerRowsInAdapterMode() throws IOException {
    TrainingConfig.Builder mixed =
        config().tuneMmMlpAdapter(true).dataPath(SmallRun.FOLDER.resolve("data/mixed.json"));

    assertThat(trainedRows(config().tuneMmMlpAdapter(true).build())).containsExactly(402, 403);
    assertThat(trainedRows(mixed.build())).containsExactly(402, 403);
    assertThat(
            trainedRows(
                mixed
                    .outputDir(directory.resolve("legacy"))
                    .quirks(
                        new TrainingQuirks(
                            false, false, false, true, false, false, false, false, false))
                    .build()))
        .contains(402, 403)
        .hasSizeGreaterThan(10);
  }

  @Test
  void computesTheSameBitsWithAndWithoutCheckpointing() throws IOException {
    Map<String, float[]> kept = SmallRun.train(config().build(), TrainingListener.NONE);

    Map<String, float[]> again =
        SmallRun.train(
            config().outputDir(directory.resolve("again")).gradientCheckpointing(true).build(),
            TrainingListener.NONE);

    kept.forEach(
        (name, values) -> assertThat(Arrays.equals(values, again.get(name))).as(name).isTrue());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void castsFrozenWeightsOnceToTheSameBits(int loraRank) throws IOException {
    TrainingConfig.Builder config =
        config().precision(Precision.BF16).tuneMmMlpAdapter(loraRank == 0).loraRank(loraRank);
    RunRecord each = new RunRecord(Set.of());
    RunRecord once = new RunRecord(Set.of());

    SmallRun.train(config.adapterOnly(false).build(), each);
    SmallRun.train(config.adapterOnly(true).outputDir(directory.resolve("o")).build(), once);

    assertThat(once.steps).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(once.steps.get(i).loss()).isEqualTo(each.steps.get(i).loss());
      assertThat(once.steps.get(i).gradNorm()).isEqualTo(each.steps.get(i).gradNorm());
    }
  }

  @Test
  void multipliesInBfloat16AndKeepsWeightsAndMomentsInFloat32() throws IOException {
    RunRecord exact = new RunRecord(Set.of());
    RunRecord rounded = new RunRecord(Set.of());
    Set<ScalarType> types = new HashSet<>();
    TrainingRun.Inspector watcher =
        new TrainingRun.Inspector() {
          @Override
          public void stepped(long step, ParamStore params, AdamW optimizer) {
            params.trainableNames().forEach(n -> types.add(type(params.get(n))));
            optimizer.moments().values().forEach(m -> types.add(type(m.expAvg())));
            optimizer.moments().values().forEach(m -> types.add(type(m.expAvgSq())));
          }
        };

    SmallRun.train(config().build(), exact);
    TrainingConfig bf16 =
        config().precision(Precision.BF16).outputDir(directory.resolve("bf16")).build();
    try (TrainingRun run = TrainingRun.open(bf16, rounded)) {
      run.inspect(watcher);
      run.run();
    }

    assertThat(types).containsExactly(ScalarType.Float);
    for (int i = 0; i < 6; i++) {
      // The golden cases' own tolerances for bfloat16.
      double loss = exact.steps.get(i).loss();
      double norm = exact.steps.get(i).gradNorm();
      assertThat(rounded.steps.get(i).loss()).isNotEqualTo(loss).isCloseTo(loss, within(0.03));
      assertThat(rounded.steps.get(i).gradNorm()).isCloseTo(norm, withinPercentage(5));
    }
  }

  private static ScalarType type(Tensor tensor) {
    return tensor.scalar_type().intern();
  }

  @Test
  void keepsNativeMemoryFlat() throws IOException {
    List<Long> counts = new ArrayList<>();
    TrainingRun.Inspector watcher =
        new TrainingRun.Inspector() {
          @Override
          public void stepped(long step, ParamStore params, AdamW optimizer) {
            counts.add(Pointer.totalCount());
          }
        };
    long before = Pointer.totalCount();
    try (TrainingRun run = TrainingRun.open(config().build(), TrainingListener.NONE)) {
      run.inspect(watcher);
      run.run();
    }

    assertThat(counts).hasSize(6);
    assertThat(Set.copyOf(counts.subList(1, 6))).hasSize(1);
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before + 8); // JavaCPP's own
  }

  @Test
  void learnsFourSamplesByHeart() throws IOException {
    Path order = directory.resolve("order.json");
    Files.writeString(
        order, "{\"micro_batches\": [" + "[0, 1, 2, 3],".repeat(STEPS - 1) + "[0, 1, 2, 3]]}");
    RunRecord record = new RunRecord(Set.of());

    SmallRun.train(
        config()
            .orderFile(order)
            .perDeviceTrainBatchSize(4)
            .gradientAccumulationSteps(1)
            .learningRate(1e-2)
            .maxSteps(STEPS)
            .build(),
        record);

    assertThat(record.steps.get(0).loss()).isGreaterThan(5);
    assertThat(record.steps.get(STEPS - 1).loss()).isLessThan(0.05);
  }

  @Test
  void failsOnOrLeavesOutUnusableSamples() throws IOException {
    Path data = directory.resolve("data.json");
    String good =
        """
        {"image": "im_00.png", "conversations": [
          {"from": "human", "value": "<image>\\nWhat?"}, {"from": "gpt", "value": "x"}]}\
        """;
    Files.writeString(data, "[" + good + "," + good.replace("im_00", "absent") + "," + good + "]");
    TrainingConfig.Builder config =
        config().dataPath(data).maxSteps(2).perDeviceTrainBatchSize(3).gradientAccumulationSteps(1);

    assertThatThrownBy(() -> SmallRun.train(config.build(), TrainingListener.NONE))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("sample 1")
        .hasMessageContaining("absent.png");
    RunRecord record = new RunRecord(Set.of());
    try (TrainingRun run =
        TrainingRun.open(config.badSamples(BadSamplePolicy.SKIP).build(), record)) {
      TrainingReport report = run.run();
      assertThat(report.skippedSamples()).containsExactly(1);
    }
    assertThat(record.warnings).hasSize(1);
  }

  @Test
  void trainsNewMatricesWhateverIsFrozen() {
    TrainingConfig config =
        config().tuneMmMlpAdapter(true).mmUseImStartEnd(false).freezeMmMlpAdapter(true).build();

    assertThat(assertOpens(config)).contains(EMBEDDING);
  }

  @Test
  void aProjectorNeedsATower() {
    TrainingConfig config = config().tuneMmMlpAdapter(true).visionTower(null).build();

    assertThatThrownBy(() -> TrainingRun.open(config, TrainingListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tuneMmMlpAdapter: expected a visionTower, found none; a projector needs one");
  }

  private static List<String> assertOpens(TrainingConfig config) {
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      return run.plan().trainable();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
