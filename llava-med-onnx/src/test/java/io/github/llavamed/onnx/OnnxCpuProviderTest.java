package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxCpuProviderTest {
  private final SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), 1);

  @TempDir Path directory;

  private InferenceBackend create(Precision precision, String device, Integer threads) {
    return new OnnxCpuProvider()
        .create(
            model.artifacts(directory), new BackendOptions(precision, device, threads, directory));
  }

  @Test
  void isFoundByServiceLoader() {
    List<String> ids = new ArrayList<>();
    ServiceLoader.load(InferenceBackendProvider.class).forEach(found -> ids.add(found.id()));

    assertThat(ids).containsOnlyOnce("onnx-cpu");
  }

  @Test
  void probeNamesTheRuntimesVersion() {
    assertThat(new OnnxCpuProvider().probe().detail()).contains("1.28");
    assertThat(new OnnxCpuProvider().priority()).isEqualTo(100);
  }

  @Test
  void probeReportsALibraryThatDoesNotLoad() {
    OnnxCpuProvider provider =
        new OnnxCpuProvider(
            () -> {
              throw new UnsatisfiedLinkError("no libonnxruntime for this machine");
            });

    assertThat(provider.probe().available()).isFalse();
    assertThat(provider.probe().detail()).contains("no libonnxruntime for this machine");
  }

  @Test
  void probeReportsARuntimeThatFails() {
    OnnxCpuProvider provider =
        new OnnxCpuProvider(
            () -> {
              throw new IllegalStateException("broken");
            });

    assertThat(provider.probe().available()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void runsWithTheThreadsAskedFor(int threads) {
    try (InferenceBackend backend = create(Precision.FP32, "cpu", threads);
        DecoderSession session = backend.openSession(8)) {
      assertThat(session.append(List.of(TokenSegment.of(1, 2)), List.of())).hasSize(97);
      assertThat(backend.precision()).isEqualTo(Precision.FP32);
    }
  }

  @Test
  void rejectsZeroThreads() {
    assertThatThrownBy(() -> create(null, null, 0))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("threads");
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP16", "BF16"})
  void rejectsOtherPrecisionsAndListsItsOwn(Precision precision) {
    assertThatThrownBy(() -> create(precision, null, null))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("'" + precision.id() + "'")
        .hasMessageContaining(
            "available: fp32, int8, int8-blocks, int4, int8+int8-blocks, int8+int4");
  }

  @Test
  void rejectsOtherDevices() {
    assertThatThrownBy(() -> create(null, "cuda:0", null))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("cuda:0");
  }

  @Test
  void writesNothingIntoTheModelsDirectory() throws IOException {
    Path modelDirectory = Files.createDirectory(directory.resolve("model"));
    Path cache = directory.resolve("cache");
    BackendOptions options = new BackendOptions(null, null, null, cache);

    // The user's cache is looked through too and may hold an export of the same weights.
    String home = System.setProperty("user.home", directory.resolve("home").toString());
    try {
      new OnnxCpuProvider().create(model.artifacts(modelDirectory), options).close();
    } finally {
      System.setProperty("user.home", home);
    }

    assertThat(modelDirectory).isEmptyDirectory();
    assertThat(cache).isDirectoryContaining("glob:**/onnx-fp32-*[0-9a-f]");
  }

  @Test
  void saysWhereAnExportCannotBeWritten() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    BackendOptions options = new BackendOptions(null, null, null, file);

    assertThatThrownBy(() -> new OnnxCpuProvider().create(model.artifacts(directory), options))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("cache directory");
  }

  @Test
  void rejectsChunksOfNoRows() {
    assertThatThrownBy(() -> new OnnxBackendOptions(0, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesATowerThatItCannotHold() {
    BackendOptions bf16 = new BackendOptions(Precision.INT8, null, 1, directory, Precision.BF16);
    BackendOptions beside = new BackendOptions(Precision.FP32, null, 1, directory, Precision.INT8);

    assertThatThrownBy(() -> new OnnxCpuProvider().create(model.artifacts(directory), bf16))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("vision tower in bf16 beside a decoder in int8");
    assertThatThrownBy(() -> new OnnxCpuProvider().create(model.artifacts(directory), beside))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("vision tower in int8 beside a decoder in fp32");
  }
}
