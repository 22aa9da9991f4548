package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the weight tools to the original's answers, bit by bit. */
@Tag("golden")
class WeightsGoldenTest {
  private static final Path FOLDER = GoldenFolder.of("weights");

  @TempDir private Path temp;

  static List<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.filter(f -> Files.exists(f.resolve("expected.json"))).sorted().toList();
    }
  }

  private static List<Path> casesWith(String key) throws IOException {
    return cases().stream().filter(f -> expected(f).hasNonNull(key)).toList();
  }

  static List<Path> made() throws IOException {
    return casesWith("make_delta_run");
  }

  static List<Path> applied() throws IOException {
    return casesWith("apply_delta_run");
  }

  static List<Path> consolidated() throws IOException {
    return casesWith("consolidate_run");
  }

  static List<Path> failing() throws IOException {
    return casesWith("tool");
  }

  static List<Path> extracted() throws IOException {
    return casesWith("keys");
  }

  static List<Path> legacy() throws IOException {
    return casesWith("stdin").stream().filter(f -> Files.isDirectory(f.resolve("base"))).toList();
  }

  @Test
  void everyCaseIsTakenUpByATest() throws IOException {
    List<Path> taken = new ArrayList<>();
    for (List<Path> some :
        List.of(made(), applied(), consolidated(), failing(), extracted(), casesWith("stdin"))) {
      taken.addAll(some);
    }
    casesWith("error").stream().filter(f -> isSingleFileExtraction(f)).forEach(taken::add);

    assertThat(cases()).isNotEmpty().allMatch(taken::contains);
    assertThat(legacy()).isNotEmpty();
  }

  /** One file lists the cases of all tools that differ on purpose. */
  @Test
  void casesThatDifferOnPurposeAreListed() throws IOException {
    List<String> differing =
        cases().stream()
            .filter(f -> isSingleFileExtraction(f) || expected(f).hasNonNull("stdin"))
            .map(f -> "weights/" + f.getFileName())
            .toList();
    Path list =
        GoldenFolder.root().resolve("llava-med-eval/src/test/resources/golden-differences.txt");

    assertThat(Files.readAllLines(list).stream().map(line -> line.split(" ", 2)[0]))
        .containsAll(differing)
        .contains("weights/error_base_larger");
  }

  @ParameterizedTest
  @MethodSource("made")
  void makesTheSameDelta(Path folder) throws Exception {
    Path output = temp.resolve("delta");

    WeightsReport report =
        DeltaWeights.make(
            folder.resolve("base"), folder.resolve("target"), output, verified().build());

    compare(report, folder.resolve("delta"), expected(folder).get("delta"));
    compareCompanions(output, folder.resolve("delta"));
  }

  @ParameterizedTest
  @MethodSource("applied")
  void makesTheSameModel(Path folder) throws Exception {
    String name = expected(folder).has("restored") ? "restored" : "target";
    for (WeightsFormat format : WeightsFormat.values()) {
      Path output = temp.resolve(format.name());

      WeightsReport report =
          DeltaWeights.apply(
              folder.resolve("base"),
              folder.resolve("delta"),
              output,
              verified().format(format).build());

      compare(report, folder.resolve(name), expected(folder).get(name));
      compareCompanions(output, folder.resolve(name));
    }
  }

  @ParameterizedTest
  @MethodSource("consolidated")
  void consolidatesToTheSameModel(Path folder) throws Exception {
    Path output = temp.resolve("dst");

    WeightsReport report =
        Consolidation.consolidate(folder.resolve("src"), output, verified().build());

    compare(report, folder.resolve("dst"), expected(folder).get("dst"));
    compareCompanions(output, folder.resolve("dst"));
    assertThat(output.resolve("optimizer.pt")).doesNotExist();
    assertThat(output.resolve("trainer_state.json")).doesNotExist();
    assertThat(output.resolve("mm_projector.bin")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("failing")
  void failsWithTheSameWordsAndWritesNothing(Path folder) throws Exception {
    JsonNode expected = expected(folder);
    Path output = temp.resolve("output");
    boolean apply = expected.get("tool").asText().equals("apply");

    assertThatThrownBy(
            () -> {
              if (apply) {
                DeltaWeights.apply(
                    folder.resolve("base"), folder.resolve("delta"), output, verified().build());
              } else {
                DeltaWeights.make(
                    folder.resolve("base"), folder.resolve("target"), output, verified().build());
              }
            })
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining(expected.get("error").asText().replaceFirst("^\\w+: ", ""));

    assertThat(temp).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("legacy")
  void upgradesAnOldConfigurationOnlyWhenAllowed(Path folder) throws Exception {
    Path target = targetOf(folder);
    byte[] before = Files.readAllBytes(target.resolve("config.json"));
    Path output = temp.resolve("delta");

    assertThatThrownBy(
            () -> DeltaWeights.make(folder.resolve("base"), target, output, verified().build()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("model_type 'llava'");
    assertThat(temp).isEmptyDirectory();

    WeightsReport report =
        DeltaWeights.make(
            folder.resolve("base"), target, output, verified().upgradeConfig(true).build());
    compare(report, folder.resolve("delta"), expected(folder).get("delta"));
    assertThat(config(output.resolve("config.json")))
        .isEqualTo(config((ObjectNode) expected(folder).get("config_after")));
    assertThat(target.resolve("config.json")).hasBinaryContent(before);
  }

  @ParameterizedTest
  @MethodSource("extracted")
  void extractsTheSameFile(Path folder) throws Exception {
    Path output = temp.resolve("mm_projector.bin");

    WeightsReport report =
        ProjectorExtraction.extract(
            folder.resolve("model"), output, EmbeddingRows.ALL, verified().build());

    List<String> keys = new ArrayList<>();
    expected(folder).get("keys").forEach(key -> keys.add(key.get(0).asText()));
    assertThat(report.tensors()).extracting(TensorOutcome::name).containsExactlyElementsOf(keys);
    try (Checkpoint found = Checkpoint.open(output);
        Checkpoint wanted = Checkpoint.open(folder.resolve("mm_projector.bin"))) {
      assertThat(found.tensors().keySet()).containsExactlyElementsOf(wanted.tensors().keySet());
      for (String key : keys) {
        assertSame(found.tensor(key), wanted.tensor(key));
      }
    }
    assertSameArchive(output, folder.resolve("mm_projector.bin"));
  }

  @ParameterizedTest
  @EnumSource(EmbeddingRows.class)
  void extractsFromASingleFileToo(EmbeddingRows rows) throws Exception {
    List<Path> folders = cases().stream().filter(f -> isSingleFileExtraction(f)).toList();
    assertThat(folders).isNotEmpty();
    for (Path folder : folders) {
      Path output = temp.resolve(folder.getFileName() + ".safetensors");

      ProjectorExtraction.extract(folder.resolve("model"), output, rows, verified().build());

      try (Checkpoint found = Checkpoint.open(output);
          Checkpoint source = Checkpoint.open(folder.resolve("model"))) {
        assertThat(found.tensors()).hasSize(3);
        for (TensorInfo info : found.tensors().values()) {
          byte[] all = bytes(source.tensor(info.name()));
          byte[] some = bytes(found.tensor(info.name()));
          assertThat(some).isEqualTo(Arrays.copyOfRange(all, all.length - some.length, all.length));
          boolean cut = rows == EmbeddingRows.MARKERS && info.name().contains("embed_tokens");
          assertThat(info.shape().dim(0))
              .isEqualTo(cut ? 2 : source.tensors().get(info.name()).shape().dim(0));
        }
      }
    }
  }

  private static boolean isSingleFileExtraction(Path folder) {
    return expected(folder).path("returncode").asInt() != 0
        && Files.isRegularFile(folder.resolve("model/pytorch_model.bin"));
  }

  private static Path targetOf(Path folder) throws IOException {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(Files::isDirectory)
          .filter(f -> !f.endsWith("base") && !f.endsWith("delta"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static WeightsOptions.Builder verified() {
    return WeightsOptions.builder().verify(true);
  }

  private static JsonNode expected(Path folder) {
    return GoldenFolder.json(folder.resolve("expected.json"));
  }

  /** Compares values with the original's files, and counts and checksums with its description. */
  private static void compare(WeightsReport report, Path original, JsonNode expected)
      throws Exception {
    Map<String, TensorOutcome> outcomes = new HashMap<>();
    report.tensors().forEach(tensor -> outcomes.put(tensor.name(), tensor));
    try (Checkpoint found = Checkpoint.open(report.output());
        Checkpoint wanted = Checkpoint.open(original)) {
      assertThat(found.tensors().keySet())
          .containsExactlyInAnyOrderElementsOf(wanted.tensors().keySet());
      int compared = 0;
      for (Map.Entry<String, JsonNode> entry : expected.properties()) {
        String name = entry.getKey();
        if (name.endsWith(".inv_freq")) {
          continue;
        }
        TensorData tensor = found.tensor(name);
        assertSame(tensor, wanted.tensor(name));
        int nans = entry.getValue().get("nan").asInt();
        if (nans == 0) {
          assertThat(sha256(tensor)).as(name).isEqualTo(entry.getValue().get("sha256").asText());
        }
        assertThat(outcomes.get(name).nanCount()).as(name).isEqualTo(nans);
        assertThat(outcomes.get(name).infinityCount())
            .as(name)
            .isEqualTo(entry.getValue().get("inf").asInt());
        compared++;
      }
      assertThat(compared).isPositive();
    }
  }

  /** Equal bits, where any NaN equals any other. */
  private static void assertSame(TensorData found, TensorData wanted) {
    String name = wanted.info().name();
    assertThat(found.info().dtype()).as(name).isEqualTo(wanted.info().dtype());
    assertThat(found.info().shape()).as(name).isEqualTo(wanted.info().shape());
    if (found.info().dtype() != DType.F16) {
      assertThat(bytes(found)).as(name).isEqualTo(bytes(wanted));
      return;
    }
    short[] a = halves(found);
    short[] b = halves(wanted);
    for (int i = 0; i < a.length; i++) {
      boolean bothNaN = (a[i] & 0x7fff) > 0x7c00 && (b[i] & 0x7fff) > 0x7c00;
      assertThat(bothNaN || a[i] == b[i])
          .as("%s[%d]: expected %04x, found %04x", name, i, b[i] & 0xffff, a[i] & 0xffff)
          .isTrue();
    }
  }

  private static short[] halves(TensorData data) {
    byte[] bytes = bytes(data);
    short[] halves = new short[bytes.length / 2];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(halves);
    return halves;
  }

  private static byte[] bytes(TensorData data) {
    byte[] bytes = new byte[(int) data.info().byteSize()];
    data.readBytes(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static String sha256(TensorData data) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(data)));
  }

  /** Everything before the entry that identifies a writer's run is the same, byte for byte. */
  private static void assertSameArchive(Path found, Path wanted) throws IOException {
    byte[] a = Files.readAllBytes(found);
    byte[] b = Files.readAllBytes(wanted);
    String text = new String(b, StandardCharsets.ISO_8859_1);
    int name = text.indexOf("/.data/serialization_id");
    int end = name < 0 ? text.indexOf("PK\1\2") : text.lastIndexOf("PK\3\4", name);
    assertThat(end).isPositive();
    assertThat(Arrays.copyOf(a, end)).isEqualTo(Arrays.copyOf(b, end));
  }

  private static void compareCompanions(Path found, Path wanted) throws IOException {
    assertThat(config(found.resolve("config.json")))
        .isEqualTo(config(wanted.resolve("config.json")));
    try (Stream<Path> files = Files.list(wanted)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("pytorch_model") && !name.endsWith("config.json")) {
          assertThat(found.resolve(name)).hasBinaryContent(Files.readAllBytes(file));
        }
      }
    }
  }

  private static ObjectNode config(Path file) {
    return config((ObjectNode) GoldenFolder.json(file));
  }

  /** Where a model was loaded from, and by which version, is not compared. */
  private static ObjectNode config(ObjectNode config) {
    ObjectNode copy = config.deepCopy();
    copy.remove(List.of("_name_or_path", "transformers_version"));
    return copy;
  }
}
