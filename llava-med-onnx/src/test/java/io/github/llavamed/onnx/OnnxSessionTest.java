package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.ReferenceModel;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import io.github.llavamed.testing.TensorAssert;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long prompts: chunks, growth of the cache, windows. */
class OnnxSessionTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir static Path directory;

  private static SyntheticModel model(LlavaConfig config) {
    return SyntheticModel.of(config, 5);
  }

  private static InferenceBackend open(SyntheticModel model, int chunkRows) {
    return new OnnxCpuProvider()
        .create(
            model.artifacts(directory),
            new BackendOptions(null, null, null, directory),
            new OnnxBackendOptions(chunkRows, false));
  }

  private static int[] ids(int count) {
    return new Random(17).ints(count, 0, 97).toArray();
  }

  private static float[] expected(SyntheticModel model, int... ids) {
    double[][] logits = ReferenceModel.of(model).logits(List.of(TokenSegment.of(ids)), List.of());
    return ReferenceModel.flatten(new double[][] {logits[logits.length - 1]});
  }

  private static void assertClose(float[] actual, float[] expected) {
    TensorAssert.isCloseTo("logits", actual, expected, TOLERANCE, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 29, 30, 31, 1000})
  void chunksGiveTheWholePromptsLogits(int chunkRows) {
    SyntheticModel model = model(SyntheticConfig.create().build());
    try (InferenceBackend backend = open(model, chunkRows)) {
      ImageFeatures image = backend.encode(model.image(1));
      int[] ids = ids(26);
      List<InputSegment> prompt =
          List.of(
              TokenSegment.of(Arrays.copyOfRange(ids, 0, 9)),
              new ImageSegment(0, 0, image.rows()),
              TokenSegment.of(Arrays.copyOfRange(ids, 9, 26)));
      double[][] expected = ReferenceModel.of(model).logits(prompt, List.of(model.image(1)));

      try (DecoderSession session = backend.openSession(40)) {
        float[] last = session.append(prompt, List.of(image));

        assertThat(session.length()).isEqualTo(expected.length);
        assertClose(last, ReferenceModel.flatten(new double[][] {expected[expected.length - 1]}));
      }
      TensorAssert.isCloseTo(
          "trace",
          backend.trace(List.of(model.image(1)), prompt).logits().values(),
          ReferenceModel.flatten(expected),
          TOLERANCE,
          0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "5,1", "5,3", "5,64", "200,7"})
  void windowHoldsAcrossChunksAndSteps(int window, int chunkRows) {
    SyntheticModel model = model(SyntheticConfig.create().slidingWindow(window).build());
    int[] ids = ids(20);
    try (InferenceBackend backend = open(model, chunkRows);
        DecoderSession session = backend.openSession(40)) {
      session.append(List.of(TokenSegment.of(Arrays.copyOf(ids, 15))), List.of());
      for (int i = 15; i < 20; i++) {
        float[] logits = session.append(List.of(TokenSegment.of(ids[i])), List.of());
        assertClose(logits, expected(model, Arrays.copyOf(ids, i + 1)));
      }
    }
  }

  @Test
  void cacheGrowsWithoutLosingPositions() {
    SyntheticModel model = model(SyntheticConfig.create().positions(1000).build());
    int[] ids = ids(700);
    try (InferenceBackend backend = open(model, 512);
        DecoderSession session = backend.openSession(1000)) {
      session.append(List.of(TokenSegment.of(Arrays.copyOf(ids, 250))), List.of());
      for (int i = 250; i < 260; i++) { // over the first room of 256 positions
        session.append(List.of(TokenSegment.of(ids[i])), List.of());
      }
      try (DecoderSession fork = session.fork()) {
        float[] forked =
            fork.append(List.of(TokenSegment.of(Arrays.copyOfRange(ids, 260, 700))), List.of());
        assertThat(fork.length()).isEqualTo(700);
        assertClose(forked, expected(model, ids));
      }
      session.truncate(3);
      float[] shortened = session.append(List.of(TokenSegment.of(ids[3])), List.of());
      assertClose(shortened, expected(model, Arrays.copyOf(ids, 4)));
    }
  }

  @Test
  void countsPositionsBeforeTouchingTheCache() {
    SyntheticModel model = model(SyntheticConfig.create().build());
    try (InferenceBackend backend = open(model, 2);
        DecoderSession session = backend.openSession(10)) {
      assertThatThrownBy(() -> session.append(List.of(TokenSegment.of(new int[11])), List.of()))
          .isInstanceOf(ContextLengthExceededException.class)
          .hasMessageContaining("11")
          .hasMessageContaining("10");
      assertThat(session.length()).isZero();
    }
  }

  @Test
  void tracesNoMoreThanTheDecoderWasMadeFor() {
    SyntheticModel model = model(SyntheticConfig.create().positions(16).build());
    try (InferenceBackend backend = open(model, 512)) {
      assertThat(backend.trace(List.of(), List.of(TokenSegment.of(ids(16)))).logits().rows())
          .isEqualTo(16);
      assertThatThrownBy(() -> backend.trace(List.of(), List.of(TokenSegment.of(ids(17)))))
          .isInstanceOf(ContextLengthExceededException.class);
    }
  }

  @Test
  void lateSessionsCannotUseAClosedBackendButCanBeClosed() {
    SyntheticModel model = model(SyntheticConfig.create().build());
    InferenceBackend backend = open(model, 512);
    DecoderSession session = backend.openSession(10);
    session.append(List.of(TokenSegment.of(1)), List.of());
    backend.close();

    assertThatThrownBy(session::fork).isInstanceOf(IllegalStateException.class);
    session.close();
  }

  @Test
  void closingWaitsForRunningCalls() throws Exception {
    SyntheticModel model = model(SyntheticConfig.create().positions(1000).build());
    InferenceBackend backend = open(model, 4);
    List<InputSegment> prompt = List.of(TokenSegment.of(ids(400)));
    CountDownLatch started = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> completed =
          thread.submit(
              () -> {
                int runs = 0;
                try (DecoderSession session = backend.openSession(1000)) {
                  started.countDown();
                  while (true) {
                    session.truncate(0);
                    session.append(prompt, List.of());
                    runs++;
                  }
                } catch (IllegalStateException e) {
                  return runs;
                }
              });
      started.await();
      Thread.sleep(20);
      backend.close();

      assertThat(completed.get(60, TimeUnit.SECONDS)).isNotNegative();
    } finally {
      thread.shutdownNow();
    }
  }
}
