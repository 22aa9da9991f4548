package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond 2 and 4 GB, sparse: they take a few blocks on the disk. */
class LargeFileTest {
  private static final long WINDOW = 1L << 30;

  @TempDir Path directory;

  @Test
  void readsSafetensorsBeyondTwoGigabytes() throws IOException {
    Path path = directory.resolve("large.safetensors");
    long large = 2_500_000_001L;
    String header =
        ("{\"large\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]},"
                + "\"far\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%1$d,%2$d]}}")
            .formatted(large, large + 8);
    byte[] start = SafetensorsBytes.of(header, 0);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(start.length + large + 8);
      file.seek(start.length + large);
      file.write(floats(1.5f, -2.5f));
      file.seek(2 * WINDOW - 2);
      file.write(new byte[] {1, 2, 3, 4});
    }

    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.tensor("far").toFloats()).containsExactly(1.5f, -2.5f);
      TensorData data = checkpoint.tensor("large");
      float[] across = new float[6];
      data.readFloats(2 * WINDOW - 3 - start.length, across, 0, 6);
      assertThat(across).containsExactly(0, 1, 2, 3, 4, 0);
      ByteBuffer bytes = ByteBuffer.allocate(4);
      data.readBytes(2 * WINDOW - 2 - start.length, bytes);
      assertThat(bytes.array()).containsExactly(1, 2, 3, 4);
      assertThat(WeightsHash.of(checkpoint)).hasSize(64);
    }
  }

  @Test
  void readsUnalignedElementsAcrossWindows() throws IOException {
    Path path = directory.resolve("unaligned.safetensors");
    long count = WINDOW / 8 + 1000;
    String header =
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[%d],\"data_offsets\":[0,%d]}} "
            .formatted(count, 8 * count);
    byte[] start = SafetensorsBytes.of(header + " ".repeat((11 - header.length() % 8) % 8), 0);
    assertThat(start.length % 8).isEqualTo(3);
    long first = (WINDOW - start.length) / 8; // begins before the window and ends in it
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.setLength(start.length + 8 * count);
      file.seek(start.length + 8 * (first - 1));
      ByteBuffer values = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
      file.write(values.putDouble(1).putDouble(2).putDouble(3).array());
    }

    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      float[] values = new float[5];
      checkpoint.tensor("a").readFloats(first - 2, values, 0, 5);
      assertThat(values).containsExactly(0, 1, 2, 3, 0);
    }
  }

  @Test
  void readsTorchArchivesBeyondFourGigabytes() throws IOException {
    Path path = directory.resolve("large.bin");
    long large = 4_500_000_000L;
    byte[] pickle =
        new PickleBytes()
            .op('}')
            .text("large")
            .rebuild("ByteStorage", "0", large, 0, new long[] {large}, new long[] {1})
            .op('s')
            .text("far")
            .rebuild("FloatStorage", "1", 4, 0, new long[] {2, 2}, new long[] {1, 2})
            .op('s')
            .stop();
    ZipBytes zip = new ZipBytes().zip64().add("large/data.pkl", pickle);
    zip.addHeader("large/data/0", large, header -> header);
    byte[] start = zip.body();
    long farStart = start.length + large;
    byte[] farHeader = localHeader(zip, start.length, farStart);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.seek(farStart - 1);
      file.write(9);
      file.write(farHeader);
      file.write(floats(1, 2, 3, 4));
      file.write(zip.directory(farStart + farHeader.length + 16));
    }

    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.tensor("far").toFloats()).containsExactly(1, 3, 2, 4);
      float[] last = new float[2];
      checkpoint.tensor("large").readFloats(large - 2, last, 0, 2);
      assertThat(last).containsExactly(0, 9);
    }
  }

  /** The local header of a last entry that begins where only the caller puts data. */
  private static byte[] localHeader(ZipBytes zip, int bodyLength, long start) {
    zip.addHeader("large/data/1", 16, header -> header.withStart(start));
    byte[] body = zip.body();
    byte[] header = new byte[body.length - bodyLength];
    System.arraycopy(body, bodyLength, header, 0, header.length);
    assertThat(new String(header, StandardCharsets.ISO_8859_1)).endsWith("large/data/1");
    return header;
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
