package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.github.llavamed.testing.GoldenFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that the original libraries wrote, and malformed and hostile ones. */
@Tag("golden")
class GoldenContainersTest {
  private static final long MAX_NANOS = 1_000_000_000L;
  private static final long MAX_ALLOCATED = 64L << 20;

  /** A file of a manifest. */
  record Case(Path file, JsonNode node) {
    @Override
    public String toString() {
      return node.path("file").asText();
    }
  }

  static Stream<Case> good() throws IOException {
    return cases("good");
  }

  static Stream<Case> bad() throws IOException {
    return cases("bad");
  }

  private static Stream<Case> cases(String kind) throws IOException {
    List<Case> cases = new ArrayList<>();
    try (Stream<Path> folders = Files.list(GoldenFolder.of("model"))) {
      for (Path folder : folders.sorted().toList()) {
        Path manifest = folder.resolve("manifest.json");
        if (Files.exists(manifest)) {
          for (JsonNode node : GoldenFolder.json(manifest).path(kind)) {
            cases.add(new Case(folder.resolve(node.path("file").asText()), node));
          }
        }
      }
    }
    assertThat(cases).as("%s containers", kind).isNotEmpty();
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("good")
  void readsFilesOfTheOriginalLibraries(Case test) throws IOException {
    Checkpoint opened;
    try {
      opened = Checkpoint.open(test.file());
    } catch (MalformedCheckpointException e) {
      assertThat(test.node().path("optional").asBoolean()).as(e.getMessage()).isTrue();
      return;
    }
    try (Checkpoint checkpoint = opened) {
      compare(checkpoint, test.node());
      if (test.node().has("metadata")) {
        Map<String, String> expected = new HashMap<>();
        test.node()
            .path("metadata")
            .properties()
            .forEach(entry -> expected.put(entry.getKey(), entry.getValue().asText()));
        assertThat(checkpoint.metadata()).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesMalformedFilesQuicklyAndWithoutExecutingAnything(Case test) throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long children = ProcessHandle.current().children().count();
    long allocated = threads.getThreadAllocatedBytes(thread);
    long start = System.nanoTime();

    Throwable refused;
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      System.setErr(System.out);
      refused = catchThrowable(() -> open(test));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }

    assertThat(System.nanoTime() - start).as("time").isLessThan(MAX_NANOS);
    assertThat(threads.getThreadAllocatedBytes(thread) - allocated)
        .as("allocated bytes")
        .isLessThan(MAX_ALLOCATED);
    assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("HOSTILE");
    assertThat(ProcessHandle.current().children().count()).isLessThanOrEqualTo(children);
    if (refused == null) {
      boolean tolerable = test.node().path("lenient_ok").asBoolean() || test.node().has("tensors");
      assertThat(tolerable).as("was accepted: %s", test.node().path("reason")).isTrue();
    } else {
      assertThat(refused).isInstanceOfAny(MalformedCheckpointException.class, IOException.class);
      assertThat(refused).hasMessageContaining(test.file().getFileName().toString());
    }
  }

  private static void open(Case test) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(test.file())) {
      if (test.node().has("tensors")) {
        compare(checkpoint, test.node());
      }
    }
  }

  private static void compare(Checkpoint checkpoint, JsonNode node) {
    Map<String, JsonNode> expected = new HashMap<>();
    node.path("tensors")
        .properties()
        .forEach(entry -> expected.put(entry.getKey(), entry.getValue()));
    assertThat(checkpoint.tensors().keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, tensor) -> compare(checkpoint.tensor(name), tensor));
  }

  private static void compare(TensorData data, JsonNode expected) {
    TensorInfo info = data.info();
    assertThat(info.dtype()).isEqualTo(dtype(expected.path("dtype").asText()));
    assertThat(info.shape()).hasToString(expected.path("shape").toString().replace(",", ", "));
    int count = Math.toIntExact(info.shape().elementCount());
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(info.byteSize()));
    data.readBytes(0, bytes);
    bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = data.toFloats();
    JsonNode bits = expected.path("bits");
    JsonNode values = expected.has("values") ? expected.get("values") : expected.get("values_f64");
    assertThat(values.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      long element = element(bytes, info.dtype());
      if (!bits.isMissingNode()) {
        long mask = -1L >>> (64 - 8 * info.dtype().byteSize());
        assertThat(element & mask)
            .as("%s[%d]", info.name(), i)
            .isEqualTo(bits.get(i).asLong() & mask);
      } else {
        long value =
            values.get(i).isBoolean()
                ? (values.get(i).asBoolean() ? 1 : 0)
                : values.get(i).asLong();
        assertThat(element).as("%s[%d]", info.name(), i).isEqualTo(value);
      }
      assertThat(floats[i])
          .as("%s[%d]", info.name(), i)
          .isEqualTo(Float.valueOf(value(values.get(i))));
    }
  }

  private static float value(JsonNode node) {
    if (node.isBoolean()) {
      return node.asBoolean() ? 1 : 0;
    }
    if (node.isTextual()) {
      return switch (node.asText().toLowerCase(Locale.ROOT)) {
        case "inf" -> Float.POSITIVE_INFINITY;
        case "-inf" -> Float.NEGATIVE_INFINITY;
        default -> Float.NaN;
      };
    }
    return node.isIntegralNumber() ? (float) node.asLong() : (float) node.asDouble();
  }

  private static long element(ByteBuffer bytes, DType dtype) {
    return switch (dtype) {
      case BOOL, U8 -> bytes.get() & 0xff;
      case I8, F8_E4M3, F8_E5M2 -> bytes.get();
      case U16 -> bytes.getShort() & 0xffff;
      case I16, F16, BF16 -> bytes.getShort();
      case U32 -> bytes.getInt() & 0xffff_ffffL;
      case I32, F32 -> bytes.getInt();
      case I64, U64, F64 -> bytes.getLong();
    };
  }

  private static DType dtype(String torchName) {
    return switch (torchName) {
      case "float64" -> DType.F64;
      case "float32" -> DType.F32;
      case "float16" -> DType.F16;
      case "bfloat16" -> DType.BF16;
      case "float8_e4m3fn" -> DType.F8_E4M3;
      case "float8_e5m2" -> DType.F8_E5M2;
      case "int64" -> DType.I64;
      case "int32" -> DType.I32;
      case "int16" -> DType.I16;
      case "int8" -> DType.I8;
      case "uint64" -> DType.U64;
      case "uint32" -> DType.U32;
      case "uint16" -> DType.U16;
      case "uint8" -> DType.U8;
      case "bool" -> DType.BOOL;
      default -> throw new IllegalArgumentException(torchName);
    };
  }
}
