package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the merge to the weights that the PEFT library merged. */
@Tag("golden")
class LoraGoldenTest {
  /** The tolerance of the golden set for merged weights. */
  private static final double TOLERANCE = 2e-5;

  private static final Path FOLDER = GoldenFolder.of("train");

  @TempDir private Path temp;

  static List<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER.resolve("lora"))) {
      return folders.filter(f -> Files.exists(f.resolve("expected.json"))).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void mergesToTheSameWeights(Path folder) throws IOException {
    JsonNode expected = GoldenFolder.json(folder.resolve("expected.json"));
    Path base = FOLDER.resolve(expected.get("base").asText());
    Set<String> keys = new HashSet<>();
    expected.get("merged_keys").forEach(key -> keys.add(key.asText()));
    assertThat(keys).isNotEmpty();

    WeightsReport report =
        LoraMerge.merge(
            base,
            folder.resolve("adapter_final"),
            temp.resolve("merged"),
            WeightsOptions.builder().verify(true).build());

    assertThat(report.tensors(TensorAction.MERGED))
        .extracting(TensorOutcome::name)
        .containsExactlyInAnyOrderElementsOf(keys);
    try (Checkpoint before = Checkpoint.open(base);
        Checkpoint found = Checkpoint.open(temp.resolve("merged"));
        Checkpoint wanted = Checkpoint.open(folder.resolve("merged_changed.safetensors"))) {
      assertThat(wanted.tensors().keySet()).isEqualTo(keys);
      assertThat(found.tensors().keySet()).isEqualTo(before.tensors().keySet());
      for (String name : found.tensors().keySet()) {
        if (keys.contains(name)) {
          float[] values = found.tensor(name).toFloats();
          TensorAssert.isCloseTo(name, values, wanted.tensor(name).toFloats(), TOLERANCE, 0);
        } else {
          assertThat(bytes(found.tensor(name))).isEqualTo(bytes(before.tensor(name)));
        }
      }
    }
  }

  private static byte[] bytes(TensorData data) {
    byte[] bytes = new byte[(int) data.info().byteSize()];
    data.readBytes(0, ByteBuffer.wrap(bytes));
    return bytes;
  }
}
