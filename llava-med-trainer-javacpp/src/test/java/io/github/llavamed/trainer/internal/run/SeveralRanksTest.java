package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.training.RankContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several processes, whole or sharded, against one that accumulates what they share. */
@EnabledOnOs(OS.LINUX) // libtorch's helpers for Gloo exist there alone
class SeveralRanksTest {
  private static final double SUMMED_IN_ANOTHER_ORDER = 1e-5;
  private static final Map<String, String> ADAPTER = Map.of("tune_mm_mlp_adapter", "True");
  private static final Map<String, String> FULL = Map.of("fsdp", "full_shard auto_wrap");

  @TempDir private Path directory;

  private RankJobs.Job job(String output, long until, Map<String, String> flags)
      throws IOException {
    return new RankJobs.Job(
        RankProcesses.freePort(), directory.resolve(output).toString(), until, flags);
  }

  private void single(String output, long until, Map<String, String> flags) throws IOException {
    RankJobs.run(job(output, until, flags), RankContext.SINGLE);
  }

  private static Map<String, String> join(Map<String, String> a, Map<String, String> b) {
    Map<String, String> all = new LinkedHashMap<>(a);
    all.putAll(b);
    return all;
  }

  private void copyCheckpoint(String from, String to) throws IOException {
    Path source = directory.resolve(from).resolve("checkpoint-3");
    Path target = directory.resolve(to).resolve("checkpoint-3");
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void twoRanksTrainLikeOne() throws Exception {
    single("one", 6, Map.of());
    single("one-adapter", 6, ADAPTER);
    copyCheckpoint("one", "two-from-one");

    RankProcesses.run(
        directory,
        2,
        List.of(
            job("two", 6, Map.of()),
            job("two-full", 6, FULL),
            job("two-full-adapter", 6, join(ADAPTER, FULL)),
            job("two-resumed", 3, FULL),
            job("two-resumed", 6, FULL),
            job("two-from-one", 6, FULL)));

    assertGradients("two", 1, "one");
    assertGradients("two-full", 2, "one");
    assertGradients("two-full-adapter", 2, "one-adapter");
    assertSteps("two", "one", 0);
    assertSteps("two-full", "one", 0);
    assertSteps("two-full-adapter", "one-adapter", 0);
    assertModel("two", "one");
    assertModel("two-full", "one");
    assertSameBits("two-resumed", "two-full");
    assertSteps("two-from-one", "one", 3);
    assertModel("two-from-one", "one");

    copyCheckpoint("two-full", "one-from-two");
    single("one-from-two", 6, Map.of());
    assertSteps("one-from-two", "one", 3);
    assertModel("one-from-two", "one");
  }

  @Test
  @Tag("slow")
  void fourRanksTrainLikeOne() throws Exception {
    single("one", 6, Map.of());
    RankProcesses.run(directory, 2, List.of(job("two", 3, FULL)));
    copyCheckpoint("two", "four-from-two");

    RankProcesses.run(
        directory,
        4,
        List.of(
            job("four", 6, Map.of()), job("four-full", 6, FULL), job("four-from-two", 6, FULL)));

    assertGradients("four", 1, "one");
    assertGradients("four-full", 4, "one");
    for (String output : List.of("four", "four-full")) {
      assertSteps(output, "one", 0);
      assertModel(output, "one");
    }
    assertSteps("four-from-two", "one", 3);
    assertModel("four-from-two", "one");
  }

  /** Joins the slices of the ranks that hold one; the last slice of a tensor may have filling. */
  private void assertGradients(String found, int slices, String expected) throws IOException {
    List<Checkpoint> ranks = new ArrayList<>();
    try (Checkpoint whole =
        Checkpoint.open(RankJobs.gradientFile(directory.resolve(expected), 0))) {
      for (int rank = 0; rank < slices; rank++) {
        ranks.add(Checkpoint.open(RankJobs.gradientFile(directory.resolve(found), rank)));
      }
      assertThat(ranks.get(0).tensors().keySet()).isEqualTo(whole.tensors().keySet());
      for (String name : whole.tensors().keySet()) {
        float[] values = whole.tensor(name).toFloats();
        float[] joined = new float[0];
        for (Checkpoint rank : ranks) {
          float[] slice = rank.tensor(name).toFloats();
          int length = joined.length;
          joined = Arrays.copyOf(joined, length + slice.length);
          System.arraycopy(slice, 0, joined, length, slice.length);
        }
        TensorAssert.isCloseTo(
            name, Arrays.copyOf(joined, values.length), values, SUMMED_IN_ANOTHER_ORDER, 0);
      }
    } finally {
      ranks.forEach(Checkpoint::close);
    }
  }

  private void assertSteps(String found, String expected, int done) throws IOException {
    List<JsonNode> steps = metrics(found);
    List<JsonNode> reference = metrics(expected).subList(done, RankJobs.STEPS);
    assertThat(steps).hasSameSizeAs(reference);
    for (int i = 0; i < steps.size(); i++) {
      JsonNode step = steps.get(i);
      JsonNode other = reference.get(i);
      assertThat(step.get("step")).isEqualTo(other.get("step"));
      assertThat(step.get("loss").doubleValue())
          .isCloseTo(other.get("loss").doubleValue(), within(1e-5));
      double norm = other.get("grad_norm").doubleValue();
      assertThat(norm).as("clipped").isGreaterThan(0.5);
      assertThat(step.get("grad_norm").doubleValue()).isCloseTo(norm, within(1e-5 * norm));
      assertThat(step.get("tokens")).isEqualTo(other.get("tokens"));
    }
  }

  private List<JsonNode> metrics(String output) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(output).resolve("metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  private void assertModel(String found, String expected) throws IOException {
    try (Checkpoint mine = Checkpoint.open(directory.resolve(found).resolve("model.safetensors"));
        Checkpoint one =
            Checkpoint.open(directory.resolve(expected).resolve("model.safetensors"))) {
      assertThat(mine.tensors().keySet()).isEqualTo(one.tensors().keySet());
      for (String name : one.tensors().keySet()) {
        TensorAssert.isCloseTo(
            name, mine.tensor(name).toFloats(), one.tensor(name).toFloats(), 2e-5, 0);
      }
    }
  }

  private void assertSameBits(String found, String expected) throws IOException {
    for (String file :
        List.of("model.safetensors", "checkpoint-6/shard-00002-of-00002.safetensors")) {
      assertThat(directory.resolve(found).resolve(file))
          .hasSameBinaryContentAs(directory.resolve(expected).resolve(file));
    }
  }
}
