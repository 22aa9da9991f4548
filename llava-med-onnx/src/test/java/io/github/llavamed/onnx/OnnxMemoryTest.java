package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxMemoryTest {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;

  private static final int WARM_UP_CALLS = 300;
  private static final int CALLS = 400;

  /** A leak of one cache per call would be 400 * 0.5 MiB. */
  private static final long ALLOWED_GROWTH_BYTES = 48L << 20;

  @TempDir Path directory;

  @Test
  void residentMemoryStaysFlatOverManyCalls() throws IOException {
    assumeThat(STATM).exists();
    SyntheticModel model =
        SyntheticModel.of(
            SyntheticConfig.create().layers(4).heads(8, 4, 16).positions(256).build(), 1);
    PixelValues image = model.image(1);
    BackendOptions options = new BackendOptions(null, null, 1, directory);
    try (InferenceBackend backend =
        new OnnxCpuProvider().create(model.artifacts(directory), options)) {
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        call(backend, image, i);
      }
      long before = residentBytes();
      for (int i = 0; i < CALLS; i++) {
        call(backend, image, i);
      }
      assertThat(residentBytes() - before).isLessThan(ALLOWED_GROWTH_BYTES);
    }
  }

  private static void call(InferenceBackend backend, PixelValues image, int seed) {
    ImageFeatures features = backend.encode(image);
    try (DecoderSession session = backend.openSession(256)) {
      session.append(
          List.of(
              TokenSegment.of(1, seed % 97),
              new ImageSegment(0, 0, features.rows()),
              TokenSegment.of(new int[1 + seed % 20])),
          List.of(features));
      session.append(List.of(TokenSegment.of(7)), List.of());
      try (DecoderSession fork = session.fork()) {
        fork.append(List.of(TokenSegment.of(8)), List.of());
        batch(session, fork);
      }
    }
  }

  private static void batch(DecoderSession one, DecoderSession other) {
    try (DecoderBatch batch = one.openBatch(4, 256)) {
      batch.add(one);
      batch.add(other);
      batch.step(1, 2);
      batch.continueFrom(1, 0, 0, 0);
      batch.step(1, 2, 3, 4);
    }
  }

  private static long residentBytes() throws IOException {
    return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
  }
}
