package io.github.llavamed.weights;

import static io.github.llavamed.weights.TinyModels.EMBEDDING;
import static io.github.llavamed.weights.TinyModels.PROJECTOR;
import static io.github.llavamed.weights.TinyModels.PROJECTOR_BIAS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectorExtractionTest {
  @TempDir private Path temp;

  @Test
  void keepsTheElementTypeUnlessAnotherIsAskedFor() throws IOException {
    Path model = TinyModels.llava(1, 10, 8).storedAs(DType.BF16).write(temp.resolve("model"));

    extract(model, "a.bin", EmbeddingRows.ALL, WeightsOptions.defaults());
    extract(model, "b.bin", EmbeddingRows.ALL, WeightsOptions.builder().dtype(DType.F32).build());

    try (Checkpoint a = Checkpoint.open(temp.resolve("a.bin"));
        Checkpoint b = Checkpoint.open(temp.resolve("b.bin"))) {
      assertThat(a.tensors().keySet()).containsExactly(EMBEDDING, PROJECTOR_BIAS, PROJECTOR);
      assertThat(a.tensors().values()).allMatch(info -> info.dtype() == DType.BF16);
      assertThat(b.tensors().values()).allMatch(info -> info.dtype() == DType.F32);
      assertThat(b.tensor(PROJECTOR).toFloats()).isEqualTo(a.tensor(PROJECTOR).toFloats());
    }
  }

  @Test
  void writesOnlyTheRowsOfTheMarkersWhenAsked() throws IOException {
    TinyModels tiny = TinyModels.llava(1, 10, 8).storedAs(DType.F32);
    Path model = tiny.write(temp.resolve("model"));

    extract(model, "a.safetensors", EmbeddingRows.MARKERS, WeightsOptions.defaults());

    try (Checkpoint found = Checkpoint.open(temp.resolve("a.safetensors"))) {
      assertThat(found.tensors().get(EMBEDDING).shape()).isEqualTo(Shape.of(2, 8));
      assertThat(found.tensor(EMBEDDING).toFloats())
          .isEqualTo(Arrays.copyOfRange(tiny.values(EMBEDDING), 64, 80));
      assertThat(found.tensor(PROJECTOR).toFloats()).isEqualTo(tiny.values(PROJECTOR));
    }
  }

  @Test
  void refusesAModelWithoutAProjectorOrWithoutTheMarkersRows() throws IOException {
    Path llama = TinyModels.llama(1, 10, 8).write(temp.resolve("llama"));
    Path short1 = TinyModels.llava(1, 1, 8).write(temp.resolve("short"));

    assertThatThrownBy(() -> extract(llama, "a.bin", EmbeddingRows.ALL, WeightsOptions.defaults()))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("mm_projector");
    assertThatThrownBy(
            () -> extract(short1, "a.bin", EmbeddingRows.MARKERS, WeightsOptions.defaults()))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("[1, 8]");
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("llama", "short");
  }

  @Test
  void refusesOtherExtensionsAndExistingFiles() throws IOException {
    Path model = TinyModels.llava(1, 10, 8).write(temp.resolve("model"));
    Files.writeString(temp.resolve("a.bin"), "mine");

    assertThatThrownBy(() -> extract(model, "a.npz", EmbeddingRows.ALL, WeightsOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> extract(model, "a.bin", EmbeddingRows.ALL, WeightsOptions.defaults()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(temp.resolve("a.bin")).hasContent("mine");

    extract(model, "a.bin", EmbeddingRows.ALL, WeightsOptions.builder().overwrite(true).build());
    try (Checkpoint found = Checkpoint.open(temp.resolve("a.bin"))) {
      assertThat(found.tensors()).hasSize(3);
    }
  }

  private void extract(Path model, String output, EmbeddingRows rows, WeightsOptions options)
      throws IOException {
    ProjectorExtraction.extract(model, temp.resolve(output), rows, options);
  }
}
