package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sharding in one process: the slices are whole tensors, and every bit must be the same. */
class ShardedRunTest {
  @TempDir private Path directory;

  static List<Map<String, String>> settings() {
    return List.of(
        Map.of(),
        Map.of("bf16", "True"),
        Map.of("tune_mm_mlp_adapter", "True"),
        Map.of("tune_mm_mlp_adapter", "True", "bf16", "True"),
        Map.of("freeze_backbone", "True"),
        Map.of("lora_rank", "2", "adapter_only", "False"),
        Map.of("lora_rank", "2", "bf16", "True"));
  }

  private TrainingConfig config(String output, Map<String, String> flags) throws IOException {
    TrainingConfig.Builder builder =
        RankJobs.config(directory.resolve(output), RankContext.SINGLE, flags).toBuilder();
    return builder.maxSteps(2).saveSteps(1).build();
  }

  private static Map<String, String> with(Map<String, String> flags, String name, String value) {
    Map<String, String> all = new TreeMap<>(flags);
    all.put(name, value);
    return all;
  }

  private Map<String, float[]> files(String output) throws IOException {
    Map<String, float[]> all = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory.resolve(output))) {
      for (Path file :
          entries.filter(f -> f.toString().matches(".*\\.(safetensors|bin)")).toList()) {
        try (Checkpoint tensors = Checkpoint.open(file)) {
          tensors
              .tensors()
              .keySet()
              .forEach(n -> all.put(file.getFileName() + " " + n, tensors.tensor(n).toFloats()));
        }
      }
    }
    return all;
  }

  private static void assertSame(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isNotEmpty().isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) -> assertThat(Arrays.equals(found.get(name), values)).as(name).isTrue());
  }

  private static List<Double> losses(TrainingConfig config) throws IOException {
    RunRecord record = new RunRecord(Set.of());
    try (TrainingRun run = TrainingRun.open(config, record)) {
      run.inspect(record);
      run.run();
    }
    return record.losses;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void givesTheSameBits(Map<String, String> flags) throws IOException {
    List<Double> expected = losses(config("none", flags));

    List<Double> found = losses(config("full", with(flags, "sharding", "full")));

    assertThat(found).isEqualTo(expected);
    assertSame(files("full"), files("none"));
  }

  @Test
  void goesOnFromEitherKindOfCheckpoint() throws IOException {
    losses(config("straight", Map.of()));
    Map<String, float[]> expected = files("straight");
    for (String first : List.of("none", "full")) {
      for (String second : List.of("none", "full")) {
        String output = first + "-" + second;
        stopAfterOne(config(output, Map.of("sharding", first)));

        assertThat(losses(config(output, Map.of("sharding", second)))).hasSize(RankJobs.STEP);

        assertSame(files(output), expected);
      }
    }
  }

  private static void stopAfterOne(TrainingConfig config) throws IOException {
    try (TrainingRun run = TrainingRun.open(config, TrainingListener.NONE)) {
      run.runUntil(1);
    }
  }

  @Test
  void passesOverCheckpointWithMissingSlices() throws IOException {
    TrainingConfig config = config("out", Map.of("sharding", "full"));
    stopAfterOne(config);
    Files.delete(directory.resolve("out/checkpoint-1").resolve("shard-00001-of-00001.safetensors"));

    RunRecord record = new RunRecord(Set.of());
    try (TrainingRun run = TrainingRun.open(config, record)) {
      assertThat(run.plan().firstStep()).isEqualTo(1);
    }

    assertThat(record.warnings)
        .singleElement()
        .asString()
        .contains("checkpoint-1", "shard-00001-of-00001.safetensors");
  }
}
