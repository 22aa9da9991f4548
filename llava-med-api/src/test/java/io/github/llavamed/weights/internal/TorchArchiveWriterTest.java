package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.WeightsFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchArchiveWriterTest {
  @TempDir private Path temp;

  @Test
  void readsBackEveryTypeAndShape() throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    for (DType dtype :
        List.of(
            DType.F16,
            DType.BF16,
            DType.F32,
            DType.F64,
            DType.I64,
            DType.I32,
            DType.I16,
            DType.I8,
            DType.U8,
            DType.BOOL)) {
      specs.add(new TensorSpec("some." + dtype, dtype, Shape.of(3, 5)));
    }
    specs.add(new TensorSpec("scalar", DType.F32, Shape.of()));
    specs.add(new TensorSpec("empty", DType.F16, Shape.of(0, 7)));
    specs.add(new TensorSpec("deep", DType.F16, Shape.of(2, 3, 2, 2)));
    specs.add(new TensorSpec("long", DType.U8, Shape.of(70_000)));
    specs.add(new TensorSpec("last.empty", DType.F16, Shape.of(0)));

    assertReadsBack(specs, 1 << 30);
  }

  @Test
  void spreadsShardsAndListsThemInAnIndex() throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      specs.add(new TensorSpec("t" + i, DType.F16, Shape.of(100)));
    }

    assertReadsBack(specs, 450);

    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactly(
              "pytorch_model-00001-of-00004.bin",
              "pytorch_model-00002-of-00004.bin",
              "pytorch_model-00003-of-00004.bin",
              "pytorch_model-00004-of-00004.bin",
              "pytorch_model.bin.index.json");
    }
    assertThat(temp.resolve("pytorch_model.bin.index.json"))
        .content()
        .startsWith("{\n  \"metadata\": {\n    \"total_size\": 1400\n  },\n  \"weight_map\": {\n")
        .endsWith("    \"t6\": \"pytorch_model-00004-of-00004.bin\"\n  }\n}\n");
  }

  @Test
  void setsItemsInBatchesAndNumbersBeyondAByte() throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    for (int i = 0; i < 2001; i++) { // the last batch has one item
      specs.add(new TensorSpec("tensor." + i, DType.F32, Shape.of(1 + i % 3)));
    }

    assertReadsBack(specs, 1 << 30);
  }

  @Test
  void hasSoundChecksumsAndAlignedData() throws IOException {
    List<TensorSpec> specs = List.of(new TensorSpec("a", DType.F16, Shape.of(33)));
    assertReadsBack(specs, 1 << 30);

    try (ZipFile zip = new ZipFile(temp.resolve("pytorch_model.bin").toFile())) {
      byte[] data = zip.getInputStream(zip.getEntry("pytorch_model/data/0")).readAllBytes();
      assertThat(data).hasSize(66);
      assertThat(zip.getInputStream(zip.getEntry("pytorch_model/version")).readAllBytes())
          .asString()
          .isEqualTo("3\n");
      byte[] file = Files.readAllBytes(temp.resolve("pytorch_model.bin"));
      assertThat(indexOf(file, data) % 64).isZero();
    }
  }

  @Test
  void refusesTypesWithoutAStorage() {
    List<TensorSpec> specs = List.of(new TensorSpec("a", DType.U16, Shape.of(2)));

    assertThatThrownBy(() -> TorchArchiveWriter.create(temp.resolve("a.bin"), specs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("safetensors");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void refusesToFinishAnIncompleteTensor() throws IOException {
    List<TensorSpec> specs = List.of(new TensorSpec("a", DType.F16, Shape.of(2)));
    try (TorchArchiveWriter writer = TorchArchiveWriter.create(temp.resolve("a.bin"), specs)) {
      writer.append("a", ByteBuffer.allocate(2));

      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.append("a", ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.append("b", ByteBuffer.allocate(2)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private void assertReadsBack(List<TensorSpec> specs, long maxShardBytes) throws IOException {
    Random random = new Random(7);
    List<byte[]> contents = new ArrayList<>();
    try (TensorSink sink =
        TensorSink.toDirectory(temp, specs, WeightsFormat.TORCH, maxShardBytes)) {
      for (TensorSpec spec : specs) {
        byte[] bytes = new byte[(int) spec.byteSize()];
        random.nextBytes(bytes);
        contents.add(bytes);
        if (bytes.length > 0) {
          int half = bytes.length / 2;
          sink.append(spec.name(), ByteBuffer.wrap(bytes, 0, half));
          sink.append(spec.name(), ByteBuffer.wrap(bytes, half, bytes.length - half));
        }
      }
      sink.commit();
    }
    try (Checkpoint checkpoint = Checkpoint.open(temp)) {
      assertThat(checkpoint.tensors().keySet())
          .containsExactlyElementsOf(specs.stream().map(TensorSpec::name).toList());
      for (int i = 0; i < specs.size(); i++) {
        TensorData data = checkpoint.tensor(specs.get(i).name());
        assertThat(TensorSpec.of(data.info())).isEqualTo(specs.get(i));
        byte[] bytes = new byte[contents.get(i).length];
        data.readBytes(0, ByteBuffer.wrap(bytes));
        assertThat(bytes).isEqualTo(contents.get(i));
      }
    }
  }

  private static int indexOf(byte[] file, byte[] part) {
    for (int at = 0; at <= file.length - part.length; at++) {
      if (Arrays.equals(file, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
