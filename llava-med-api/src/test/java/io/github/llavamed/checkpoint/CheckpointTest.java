package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeFile() {
    file = directory.resolve("model.safetensors");
    SafetensorsBytes.write(file, "a", "b");
  }

  @Test
  void closesTwiceWithoutHarm() throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file);
    checkpoint.close();
    checkpoint.close();
    assertThat(checkpoint.source()).isEqualTo(file);
  }

  @Test
  void refusesUseAfterClose() throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file);
    TensorData tensor = checkpoint.tensor("a");
    checkpoint.close();

    assertThatIllegalStateException().isThrownBy(checkpoint::tensors);
    assertThatIllegalStateException().isThrownBy(checkpoint::metadata);
    assertThatIllegalStateException().isThrownBy(() -> checkpoint.tensor("a"));
    assertThatIllegalStateException().isThrownBy(tensor::toFloats);
    assertThatIllegalStateException()
        .isThrownBy(() -> tensor.prefetch(0, 4))
        .withMessageContaining("closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> tensor.readBytes(0, ByteBuffer.allocate(4)))
        .withMessageContaining("closed");
  }

  @Test
  void prefetchesWhatATensorHoldsAndNoMore() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorData tensor = checkpoint.tensor("a");
      long size = tensor.info().byteSize();
      float[] before = tensor.toFloats();

      tensor.prefetch(0, size);
      tensor.prefetch(size, 0);

      assertThat(tensor.toFloats()).isEqualTo(before);
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> tensor.prefetch(1, size));
    }
  }

  @Test
  void refusesUseOfStridedTensorsAfterClose() throws IOException {
    byte[] pickle = PickleBytes.tensor("FloatStorage", 6, 0, new long[] {3, 2}, new long[] {1, 3});
    Path torch = SafetensorsBytes.write(directory.resolve("t.bin"), ZipBytes.torch(pickle, 24));
    Checkpoint checkpoint = Checkpoint.open(torch);
    TensorData tensor = checkpoint.tensor("w");
    checkpoint.close();
    assertThatIllegalStateException().isThrownBy(tensor::toFloats);
  }

  @Test
  void namesTheTensorThatIsNotThere() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> checkpoint.tensor("x"))
          .withMessageContaining("'x'")
          .withMessageContaining("model.safetensors");
    }
  }

  @Test
  void refusesRangesOutsideATensor() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      TensorData tensor = checkpoint.tensor("a");
      for (int[] range : new int[][] {{-1, 1}, {0, 2}, {1, 1}, {2, 0}, {0, -1}}) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> tensor.readFloats(range[0], new float[8], 0, range[1]));
      }
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> tensor.readFloats(0, new float[1], 1, 1));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> tensor.readBytes(1, ByteBuffer.allocate(4)));
    }
  }

  @Test
  void prefersFilesInTheOrderOfTheOriginalLibraries() throws IOException {
    Files.delete(file);
    List<String> names =
        List.of(
            "open_clip_pytorch_model.bin",
            "open_clip_model.safetensors",
            "pytorch_model.bin.index.json",
            "pytorch_model.bin",
            "model.safetensors.index.json",
            "model.safetensors");
    byte[] pickle = PickleBytes.tensor("FloatStorage", 1, 0, new long[] {1}, new long[] {1});
    Files.write(directory.resolve("pytorch_model-1.bin"), ZipBytes.torch(pickle, 4));
    SafetensorsBytes.write(directory.resolve("model-1.safetensors"), "w");
    for (String name : names) {
      Path next = directory.resolve(name);
      if (name.endsWith(".json")) {
        String kind = name.replace(".index.json", "").replace(".", "-1.");
        Files.writeString(next, "{\"weight_map\":{\"w\":\"" + kind + "\"}}");
      } else if (name.endsWith(".bin")) {
        Files.write(next, ZipBytes.torch(pickle, 4));
      } else {
        SafetensorsBytes.write(next, "w");
      }
      try (Checkpoint checkpoint = Checkpoint.open(directory)) {
        assertThat(checkpoint.source()).isEqualTo(next);
        assertThat(checkpoint.tensors()).containsOnlyKeys("w");
      }
    }
  }

  @Test
  void takesTheOnlyWeightFileOfADirectory() throws IOException {
    Files.move(file, directory.resolve("odd-name.safetensors"));
    Files.write(directory.resolve("adapter_model.bin"), new byte[1]);
    Files.write(directory.resolve("training_args.bin"), new byte[1]);
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.source()).hasFileName("odd-name.safetensors");
    }
  }

  @Test
  void opensAnAdapterOnlyWhenNamed() throws IOException {
    Path adapter = Files.move(file, directory.resolve("adapter_model.safetensors"));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Checkpoint.open(directory));
    try (Checkpoint checkpoint = Checkpoint.open(adapter)) {
      assertThat(checkpoint.tensors().keySet()).containsExactly("a", "b");
    }
  }

  @Test
  void refusesToGuessBetweenUnknownNames() throws IOException {
    Files.copy(file, directory.resolve("x.safetensors"));
    Files.move(file, directory.resolve("y.safetensors"));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Checkpoint.open(directory))
        .withMessageContaining("x.safetensors")
        .withMessageContaining("y.safetensors");
  }

  @Test
  void reportsFilesThatDoNotExistOrAreOfNoKnownKind() throws IOException {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Checkpoint.open(directory.resolve("none.safetensors")));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Checkpoint.open(directory.resolve("none")));
    Path text = Files.writeString(directory.resolve("weights.txt"), "x");
    assertThatExceptionOfType(MalformedCheckpointException.class)
        .isThrownBy(() -> Checkpoint.open(text))
        .matches(e -> e.rule() == CheckpointRule.FILE_TYPE);
  }
}
