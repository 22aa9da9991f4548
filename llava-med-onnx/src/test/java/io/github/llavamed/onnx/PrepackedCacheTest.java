package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrepackedCacheTest {
  @TempDir Path directory;

  private final SyntheticModel model =
      SyntheticModel.of(SyntheticConfig.create().sizes(192, 320).heads(6, 3, 32).build(), 1);

  private float[] logits(Precision precision, boolean prepacked) {
    try (InferenceBackend backend =
            new OnnxCpuProvider()
                .create(
                    model.artifacts(directory),
                    new BackendOptions(precision, null, 1, directory),
                    new OnnxBackendOptions(64, false, prepacked));
        DecoderSession session = backend.openSession(16)) {
      return session.append(List.of(TokenSegment.of(1, 5, 9, 2)), List.of());
    }
  }

  private List<Path> prepacked() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.getFileName().toString().matches("prepacked-[0-9a-f]{16}"))
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8"})
  void computesTheSame(Precision precision) throws IOException {
    float[] plain = logits(precision, false);
    assertThat(prepacked()).isEmpty();

    float[] made = logits(precision, true);
    float[] reused = logits(precision, true);

    assertThat(prepacked()).hasSize(1);
    assertThat(made).isEqualTo(plain);
    assertThat(reused).isEqualTo(plain);
  }

  @Test
  void isNotMadeForInt4() throws IOException {
    logits(Precision.INT4, true);

    assertThat(prepacked()).isEmpty();
  }

  @Test
  void fallsBackToTheExportWhenItIsDamaged() throws IOException {
    float[] plain = logits(Precision.INT8, true);
    Files.write(prepacked().get(0).resolve("decoder.onnx"), new byte[] {1, 2, 3});

    assertThat(logits(Precision.INT8, true)).isEqualTo(plain);
    assertThat(prepacked()).isEmpty();
  }
}
