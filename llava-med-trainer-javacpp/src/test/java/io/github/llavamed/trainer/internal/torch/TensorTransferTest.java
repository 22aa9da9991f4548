package io.github.llavamed.trainer.internal.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TensorTransferTest {
  private static final float[] VALUES = {1, -2, 0.5f, 65504};

  @TempDir private Path directory;

  @BeforeAll
  static void loadLibtorch() {
    LibTorch.load();
  }

  private Path file(DType type, int repeats) throws IOException {
    Path file = directory.resolve(type + ".safetensors");
    TensorSpec spec = new TensorSpec("w", type, Shape.of(repeats, VALUES.length));
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, List.of(spec)).open()) {
      for (int i = 0; i < repeats; i++) {
        writer.append("w", VALUES);
      }
      writer.commit();
    }
    return file;
  }

  private static Tensor load(Path file, ScalarType type) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file);
        Device cpu = new Device("cpu")) {
      return TensorTransfer.load(checkpoint.tensor("w"), cpu, type);
    }
  }

  @Test
  void whatIsWrittenToAMappedTensorStaysOutOfItsFile() throws IOException {
    Path file = file(DType.F32, 3);
    byte[] before = Files.readAllBytes(file);
    try (Tensor tensor = load(file, ScalarType.Float)) {
      assertThat(TensorTransfer.toFloats(tensor)).startsWith(VALUES).hasSize(12);
      Scopes.runNoGrad(() -> tensor.add_(new Scalar(1.0)));
      assertThat(TensorTransfer.toFloats(tensor)).startsWith(2, -1, 1.5f);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aMappedTensorOutlivesItsFilesName() throws IOException {
    Path file = file(DType.F32, 1);
    try (Tensor tensor = load(file, ScalarType.Float)) {
      Files.delete(file);
      assertThat(TensorTransfer.toFloats(tensor)).isEqualTo(VALUES);
    }
  }

  @Test
  void otherTypesAreConverted() throws IOException {
    for (DType type : List.of(DType.F16, DType.BF16, DType.F64)) {
      try (Tensor tensor = load(file(type, 2), ScalarType.Float)) {
        assertThat(tensor.scalar_type().intern()).isEqualTo(ScalarType.Float);
        assertThat(TensorTransfer.toFloats(tensor)).startsWith(1, -2, 0.5f);
      }
    }
  }

  @Test
  void aTensorAtAnOddPlaceIsRead() throws IOException {
    StringBuilder header =
        new StringBuilder("{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}");
    while (header.length() % Float.BYTES != 1) {
      header.append(' ');
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.toString().getBytes(UTF_8));
    for (float value : VALUES) {
      bytes.putFloat(value);
    }
    Path file = Files.write(directory.resolve("odd.safetensors"), bytes.array());
    try (Tensor tensor = load(file, ScalarType.Float)) {
      assertThat(TensorTransfer.toFloats(tensor)).isEqualTo(VALUES);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // resident memory is read from /proc
  void loadingTakesNoMemory() throws IOException {
    Path file = file(DType.F32, 1 << 22); // 64 MiB
    System.gc();
    long before = Pointer.physicalBytes();
    try (Tensor tensor = load(file, ScalarType.Float)) {
      assertThat(tensor.numel()).isEqualTo(1 << 24);
      assertThat(Pointer.physicalBytes() - before).isLessThan(16 << 20);
    }
  }
}
