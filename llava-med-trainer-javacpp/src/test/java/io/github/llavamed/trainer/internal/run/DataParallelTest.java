package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that average their gradients, against one that accumulates them. */
@EnabledOnOs(OS.LINUX) // libtorch's helpers for Gloo exist there alone
class DataParallelTest {
  static final int STEPS = 4;
  private static final int RANKS = 2;
  private static final double SUMMED_IN_ANOTHER_ORDER = 2e-5;

  @TempDir private Path directory;

  private Path order(String name, String batches) throws IOException {
    return Files.writeString(directory.resolve(name), batches);
  }

  private Process start(int rank, int port, Path order) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Dllavamed.root=" + SmallRun.root(),
            "-cp",
            System.getProperty("java.class.path"),
            DataParallelWorker.class.getName(),
            String.valueOf(rank),
            String.valueOf(RANKS),
            String.valueOf(port),
            directory.resolve("parallel").toString(),
            order.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("rank-" + rank + ".log").toFile())
        .start();
  }

  @Test
  void trainsLikeOneProcessThatAccumulates() throws Exception {
    Path perRank =
        order(
            "ranks.json",
            """
            {"per_rank": true, "micro_batches": [
              [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11],
               [12, 13], [14, 15], [16, 17], [18, 19], [20, 21], [22, 23]],
              [[24, 25], [26, 27], [28, 29], [30, 31], [0, 2], [4, 6],
               [8, 10], [12, 14], [16, 18], [20, 22], [24, 26], [28, 30]]]}""");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<Process> processes = new ArrayList<>();
    try {
      for (int rank = 0; rank < RANKS; rank++) {
        processes.add(start(rank, port, perRank));
      }
      for (int rank = 0; rank < RANKS; rank++) {
        assertThat(processes.get(rank).waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(processes.get(rank).exitValue())
            .as(Files.readString(directory.resolve("rank-" + rank + ".log")))
            .isZero();
      }
    } finally {
      processes.forEach(Process::destroy);
    }
    RunRecord record = new RunRecord(Set.of());
    Map<String, float[]> expected = SmallRun.train(oneProcess(perRank), record);

    try (Checkpoint found = Checkpoint.open(directory.resolve("parallel"))) {
      assertThat(found.tensors().keySet()).isEqualTo(expected.keySet());
      for (String name : expected.keySet()) {
        TensorAssert.isCloseTo(
            name, found.tensor(name).toFloats(), expected.get(name), SUMMED_IN_ANOTHER_ORDER, 0);
      }
    }
    List<String> metrics = Files.readAllLines(directory.resolve("parallel/metrics.jsonl"));
    assertThat(metrics).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      JsonNode line = new ObjectMapper().readTree(metrics.get(i));
      assertThat(line.get("loss").doubleValue())
          .isCloseTo(record.steps.get(i).loss(), within(1e-5));
      assertThat(line.get("tokens").longValue()).isEqualTo(record.steps.get(i).tokens());
    }
  }

  /** The micro-batches of both ranks in turn, six a step instead of three. */
  private TrainingConfig oneProcess(Path perRank) throws IOException {
    JsonNode lists = new ObjectMapper().readTree(Files.readAllBytes(perRank)).get("micro_batches");
    List<JsonNode> all = new ArrayList<>();
    for (int i = 0; i < lists.get(0).size(); i++) {
      all.add(lists.get(0).get(i));
      all.add(lists.get(1).get(i));
    }
    return SmallRun.config(directory.resolve("single"))
        .orderFile(order("one.json", "{\"micro_batches\": " + all + "}"))
        .gradientAccumulationSteps(6)
        .maxSteps(STEPS)
        .ranks(RankContext.SINGLE)
        .build();
  }
}
