package io.github.llavamed.trainer.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.training.StepMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  /** Written by TensorBoard 2.21's own RecordWriter and messages. */
  private static final String HEADER =
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110";

  private static final String START =
      "100000000000000095fbfe180900002040fc54d94110ac023a020801b94512a3";
  private static final String SCALAR =
      "2100000000000000017becf60900002040fc54d94110ac022a130a110a0a747261696e2f6c6f7373150000803e"
          + "0da12f0e";

  private static final Instant TIME = Instant.ofEpochMilli(1_700_000_000_500L);

  @TempDir private Path directory;

  private static StepMetrics step(long number, double loss) {
    return new StepMetrics(
        number, 0.5, loss, 1e-3, 2.5, 400, 100, 2, 1L << 30, List.of(1), List.of(loss));
  }

  private byte[] written(StepMetrics... steps) throws IOException {
    try (EventFile file =
        EventFile.open(directory, steps[0].step(), Clock.fixed(TIME, ZoneOffset.UTC))) {
      for (StepMetrics step : steps) {
        file.write(step);
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      Path only = files.toList().get(0);
      assertThat(only.getFileName()).asString().contains("tfevents.1700000000");
      return Files.readAllBytes(only);
    }
  }

  @Test
  void writesTheBytesOfTensorBoardsOwnWriter() throws IOException {
    String hex = HexFormat.of().formatHex(written(step(300, 0.25)));

    assertThat(hex).startsWith(HEADER + START);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RecordFile records = new RecordFile(bytes)) {
      ProtoMessage value = new ProtoMessage().string(1, "train/loss").float32(2, 0.25f);
      records.write(
          new ProtoMessage()
              .float64(1, 1_700_000_000.5)
              .int64(2, 300)
              .message(5, new ProtoMessage().message(1, value))
              .toBytes());
    }
    assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo(SCALAR);
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    List<byte[]> records = records(written(step(1, 4.5), step(2, 3.25)));

    assertThat(records).hasSize(4);
    assertThat(scalars(records.get(2)))
        .containsEntry("train/loss", 4.5f)
        .containsEntry("train/learning_rate", 1e-3f)
        .containsEntry("train/grad_norm", 2.5f)
        .containsEntry("train/tokens_per_second", 200f)
        .containsEntry("train/trained_tokens", 100f)
        .containsEntry("train/memory_bytes", (float) (1L << 30));
    assertThat(scalars(records.get(3))).containsEntry("train/loss", 3.25f);
  }

  /** Takes records apart; checksums are computed bit by bit, by the polynomial. */
  private static List<byte[]> records(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[Long.BYTES];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      in.get(data);
      assertThat(in.getInt()).isEqualTo(masked(data));
      records.add(data);
    }
    return records;
  }

  private static int masked(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 0xFF;
      for (int i = 0; i < 8; i++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xA282EAD8;
  }

  /** Finds each value's tag and number in an event's summary. */
  private static Map<String, Float> scalars(byte[] event) {
    ByteBuffer in = ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN);
    in.position(1 + Double.BYTES + 2); // time, step below 128
    assertThat(in.get()).isEqualTo((byte) (5 << 3 | 2));
    while (in.get() < 0) {
      continue; // the summary's length
    }
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      assertThat(in.get()).isEqualTo((byte) (1 << 3 | 2));
      assertThat((int) in.get()).isPositive();
      assertThat(in.get()).isEqualTo((byte) (1 << 3 | 2));
      byte[] tag = new byte[in.get()];
      in.get(tag);
      assertThat(in.get()).isEqualTo((byte) (2 << 3 | 5));
      scalars.put(new String(tag, StandardCharsets.UTF_8), in.getFloat());
    }
    return scalars;
  }
}
