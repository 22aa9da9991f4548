package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of several sequences give each of them what it gets alone, in every precision. */
class OnnxBatchTest {
  private static final long SEED = 11;

  @TempDir static Path directory;

  private static InferenceBackend open(SyntheticModel model, Precision precision, int threads) {
    CpuFeatures cpu = CpuFeatures.current(); // Bytes in blocks are refused elsewhere.
    assumeTrue(
        precision.newTokens() != Precision.INT8_BLOCKS
            || cpu.hasVectorIntegers() && !cpu.mayAddBytesIn16Bits());
    return new OnnxCpuProvider()
        .create(
            model.artifacts(directory),
            new BackendOptions(precision, null, threads, directory, Precision.FP32));
  }

  /** Sequences of many lengths, some beyond the first room of the cache. */
  private static List<DecoderSession> sessions(InferenceBackend backend, int count, int capacity) {
    Random random = new Random(SEED);
    List<DecoderSession> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DecoderSession session = backend.openSession(capacity);
      int length = 1 + i * 37 % 260;
      session.append(List.of(TokenSegment.of(random.ints(length, 0, 97).toArray())), List.of());
      sessions.add(session);
    }
    return sessions;
  }

  private static void assertSameSteps(
      DecoderBatch batch, List<DecoderSession> alone, int steps, int vocabSize) {
    Random random = new Random(SEED);
    for (int step = 0; step < steps; step++) {
      int[] ids = random.ints(alone.size(), 0, vocabSize).toArray();
      float[][] together = batch.step(ids);
      for (int i = 0; i < ids.length; i++) {
        float[] single = alone.get(i).append(List.of(TokenSegment.of(ids[i])), List.of());
        assertThat(Arrays.equals(together[i], single)) // Not the whole arrays in the message.
            .as("logits of sequence %d at step %d are those of its own session", i, step)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, 1, 0",
    "FP32, 2, 0",
    "FP32, 2, 9",
    "INT8, 1, 0",
    "INT8, 2, 0",
    "INT8, 2, 9",
    "INT4, 1, 0",
    "INT4, 2, 0",
    "INT4, 2, 9",
    "INT8_BLOCKS, 2, 9",
    "INT8_INT8_BLOCKS, 2, 9",
    "INT8_INT4, 2, 9"
  })
  void everySequenceGetsTheLogitsOfItsOwnSession(Precision precision, int threads, int window) {
    SyntheticConfig config =
        SyntheticConfig.create().sizes(136, 200).heads(6, 2, 16).layers(3).positions(600);
    if (window > 0) {
      config.slidingWindow(window);
    }
    SyntheticModel model = SyntheticModel.of(config.build(), SEED);
    try (InferenceBackend backend = open(model, precision, threads)) {
      List<DecoderSession> alone = sessions(backend, 8, 600);
      try (DecoderBatch batch = alone.get(0).openBatch(8, 600)) {
        alone.forEach(batch::add);
        assertSameSteps(batch, alone, 20, 97);
        batch.continueFrom(7, 2, 5);
        assertSameSteps(batch, List.of(alone.get(7), alone.get(2), alone.get(5)), 3, 97);
      }
      alone.forEach(DecoderSession::close);
    }
  }

  static Stream<Arguments> goldenCases() throws IOException {
    return GoldenForward.all()
        .flatMap(
            golden ->
                Stream.of(Precision.FP32, Precision.INT8, Precision.INT4)
                    .map(precision -> Arguments.of(golden, precision)));
  }

  @Tag("golden")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldenCases")
  void promptsOfAGoldenModelDecodeTogetherAsAlone(GoldenForward golden, Precision precision)
      throws IOException {
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend =
            new OnnxCpuProvider()
                .create(
                    model.artifacts(),
                    new BackendOptions(precision, null, 2, directory, Precision.FP32))) {
      List<DecoderSession> alone = new ArrayList<>();
      for (JsonNode prompt : golden.prompts().values().stream().limit(8).toList()) {
        DecoderSession session = backend.openSession(model.contextLength());
        session.append(
            golden.segments(GoldenFolder.ints(prompt.get("input_ids")), model.config()),
            golden.images(prompt.path("images"), model.config()).stream()
                .map(backend::encode)
                .toList());
        alone.add(session);
      }
      int capacity = alone.stream().mapToInt(DecoderSession::length).max().orElseThrow() + 4;
      try (DecoderBatch batch = alone.get(0).openBatch(alone.size(), capacity)) {
        alone.forEach(batch::add);
        assertSameSteps(batch, alone, 4, 64);
      }
      alone.forEach(DecoderSession::close);
    }
  }

  @Test
  void batchesTakeTheMemoryThereIsAndNoMore() {
    SyntheticModel model =
        SyntheticModel.of(SyntheticConfig.create().positions(1 << 20).build(), SEED);
    try (InferenceBackend backend = open(model, Precision.FP32, 1);
        DecoderSession session = backend.openSession(1 << 20)) {
      session.append(List.of(TokenSegment.of(1, 2, 3)), List.of());
      // 512 MiB each if they were full: the test's virtual machine has no room for so many.
      try (DecoderBatch first = session.openBatch(100_000, 1 << 20);
          DecoderBatch second = session.openBatch(100_000, 1 << 20)) {
        assertThat(first.slots()).isBetween(1, 100);
        assertThat(second.slots()).isLessThanOrEqualTo(first.slots());
        IntStream.range(0, first.slots()).forEach(i -> first.add(session));
        second.add(session);
        float[] logits = second.step(7)[0];
        for (float[] row : first.step(new int[first.slots()])) {
          assertThat(row).hasSameSizeAs(logits);
        }
      }
      try (DecoderBatch again = session.openBatch(8, 16)) {
        assertThat(again.slots()).isEqualTo(8);
      }
    }
  }
}
