package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointWriterTest {
  private static final TensorSpec A = new TensorSpec("a", DType.F16, Shape.of(2, 2));
  private static final TensorSpec B = new TensorSpec("b\u00e9", DType.I64, Shape.of());

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"all_dtypes", "metadata", "unicode_names", "zero_size_and_scalars"})
  void writesTheSameBytesAsTheSafetensorsLibrary(String name) throws IOException {
    // The committed files: these four were written by the library itself.
    Path original =
        GoldenFolder.committed("model").resolve("containers/safetensors/" + name + ".safetensors");
    Path copy = directory.resolve("copy.safetensors");
    try (Checkpoint source = Checkpoint.open(original)) {
      List<TensorSpec> specs = new ArrayList<>(specs(source));
      Collections.reverse(specs);
      try (CheckpointWriter writer =
          CheckpointWriter.toFile(copy, specs).metadata(source.metadata()).open()) {
        for (TensorSpec spec : specs) {
          writer.copy(spec.name(), source.tensor(spec.name()));
        }
        writer.commit();
      }
    }
    assertThat(copy).hasSameBinaryContentAs(original);
  }

  @Test
  void writesMetadataThatOtherLibrariesExpect() throws IOException {
    writeBoth(CheckpointWriter.toDirectory(directory, List.of(A, B)));
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(checkpoint.tensor("a").toFloats()).containsExactly(1, 2, 3, 4);
      assertThat(checkpoint.tensor("b\u00e9").toFloats()).containsExactly(7);
    }
    assertThat(names()).containsExactly("model.safetensors");
  }

  @Test
  void writesShardsAndAnIndexInTheLayoutOfTheOriginal() throws IOException {
    writeBoth(CheckpointWriter.toDirectory(directory, List.of(A, B)).maxShardBytes(10));
    assertThat(directory.resolve("model.safetensors.index.json"))
        .hasContent(
            """
            {
              "metadata": {
                "total_size": 16
              },
              "weight_map": {
                "a": "model-00001-of-00002.safetensors",
                "b\\u00e9": "model-00002-of-00002.safetensors"
              }
            }
            """);
    assertThat(names())
        .containsExactly(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.tensors().keySet()).containsExactly("a", "b\u00e9");
    }
  }

  @Test
  void leavesNothingBehindWithoutCommit() throws IOException {
    try (CheckpointWriter writer =
        CheckpointWriter.toDirectory(directory, List.of(A, B)).maxShardBytes(10).open()) {
      writer.append("a", new float[] {1, 2, 3, 4});
      assertThat(names()).isNotEmpty();
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void leavesAnOlderCheckpointAloneWithoutCommit() throws IOException {
    SafetensorsBytes.write(directory.resolve("model.safetensors"), "old");
    try (CheckpointWriter writer =
        CheckpointWriter.toDirectory(directory, List.of(A, B)).overwrite(true).open()) {
      writer.append("a", new float[] {1, 2, 3, 4});
    }
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("old");
    }
  }

  @Test
  void refusesToReplaceWeightsUnlessAllowed() throws IOException {
    for (String name :
        List.of(
            "model-00001-of-00003.safetensors",
            "model.safetensors.index.json",
            "model.safetensors")) {
      Path existing = Files.write(directory.resolve(name), new byte[1]);
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> CheckpointWriter.toDirectory(directory, List.of(A)).open());
      Files.delete(existing);
    }
    Path file = Files.write(directory.resolve("x.safetensors"), new byte[1]);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> CheckpointWriter.toFile(file, List.of(A)).open());
  }

  @Test
  void removesStaleShardsWhenReplacing() throws IOException {
    writeBoth(CheckpointWriter.toDirectory(directory, List.of(A, B)).maxShardBytes(10));
    Files.writeString(directory.resolve("config.json"), "{}");
    writeBoth(CheckpointWriter.toDirectory(directory, List.of(A, B)).overwrite(true));
    assertThat(names()).containsExactly("config.json", "model.safetensors");
    writeBoth(
        CheckpointWriter.toDirectory(directory, List.of(A, B)).maxShardBytes(1).overwrite(true));
    assertThat(names())
        .containsExactly(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
  }

  @Test
  void leavesNoNewFileWhenPublishingFails() throws IOException {
    Path blocker = Files.createDirectory(directory.resolve("model-00002-of-00002.safetensors"));
    Files.write(blocker.resolve("x"), new byte[1]);
    CheckpointWriter.Builder builder =
        CheckpointWriter.toDirectory(directory, List.of(A, B)).maxShardBytes(10).overwrite(true);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> writeBoth(builder));
    assertThat(names()).containsExactly("model-00002-of-00002.safetensors");
  }

  @Test
  void refusesToCommitIncompleteTensors() throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, List.of(A, B)).open()) {
      writer.append("a", new float[3]);
      assertThatIllegalStateException()
          .isThrownBy(writer::commit)
          .withMessageContaining("2 of 2")
          .withMessageContaining("a, b");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void refusesTensorsThatWereNotDeclaredOrDoNotFit() throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, List.of(A, B)).open()) {
      assertThatIllegalArgumentException().isThrownBy(() -> writer.append("x", new float[1]));
      assertThatIllegalArgumentException().isThrownBy(() -> writer.append("a", new float[5]));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.append("b\u00e9", new float[1]))
          .withMessageContaining("I64");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.append("a", ByteBuffer.allocate(9)));
    }
  }

  @Test
  void refusesCopiesOfOtherShapesOrThroughIntegers() throws IOException {
    Path source = directory.resolve("source.safetensors");
    SafetensorsBytes.write(source, "a");
    Path target = directory.resolve("target.safetensors");
    TensorSpec integer = new TensorSpec("i", DType.I32, Shape.of(1));
    try (Checkpoint checkpoint = Checkpoint.open(source);
        CheckpointWriter writer = CheckpointWriter.toFile(target, List.of(A, integer)).open()) {
      TensorData data = checkpoint.tensor("a");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.copy("a", data))
          .withMessageContaining("[2, 2]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.copy("i", data))
          .withMessageContaining("I32");
    }
  }

  @Test
  void convertsBetweenFloatTypesWhenCopying() throws IOException {
    Path source = directory.resolve("source.safetensors");
    TensorSpec wide = new TensorSpec("a", DType.F32, Shape.of(3));
    try (CheckpointWriter writer = CheckpointWriter.toFile(source, List.of(wide)).open()) {
      writer.append("a", new float[] {1 + 0x1p-11f, 1e6f, -0f});
      writer.commit();
    }
    Path target = directory.resolve("target.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(source);
        CheckpointWriter writer =
            CheckpointWriter.toFile(target, List.of(wide.withDtype(DType.F16))).open()) {
      writer.copy("a", checkpoint.tensor("a"));
      writer.commit();
    }
    try (Checkpoint checkpoint = Checkpoint.open(target)) {
      assertThat(checkpoint.tensor("a").toFloats())
          .containsExactly(1, Float.POSITIVE_INFINITY, -0f);
    }
  }

  @Test
  void refusesUseAfterCommitAndClose() throws IOException {
    CheckpointWriter writer = CheckpointWriter.toDirectory(directory, List.of(A)).open();
    writer.append("a", new float[4]);
    writer.commit();
    assertThatIllegalStateException().isThrownBy(writer::commit);
    assertThatIllegalStateException().isThrownBy(() -> writer.append("a", new float[0]));
    writer.close();
    writer.close();
    assertThat(names()).containsExactly("model.safetensors");
  }

  private static void writeBoth(CheckpointWriter.Builder builder) throws IOException {
    try (CheckpointWriter writer = builder.open()) {
      writer.append("b\u00e9", ByteBuffer.wrap(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}));
      writer.append("a", new float[] {1, 2});
      writer.append("a", new float[] {0, 3, 4, 0}, 1, 2);
      writer.commit();
    }
  }

  private static List<TensorSpec> specs(Checkpoint source) {
    return source.tensors().values().stream().map(TensorSpec::of).toList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
