package io.github.llavamed.weights;

import static io.github.llavamed.weights.TinyModels.EMBEDDING;
import static io.github.llavamed.weights.TinyModels.HEAD;
import static io.github.llavamed.weights.TinyModels.PROJECTOR;
import static io.github.llavamed.weights.TinyModels.Q_PROJ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.checkpoint.internal.FloatFormats;
import io.github.llavamed.config.MalformedConfigException;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraMergeTest {
  private static final int C = 8;
  private static final int V = 10;
  private static final int R = 2;
  private static final String Q_MODULE = "model.layers.0.self_attn.q_proj";
  private static final String GATE = "model.layers.0.mlp.gate_proj";
  private static final float EPS = 1e-6f;

  @TempDir private Path temp;
  private final TinyModels model = TinyModels.llava(1, V, C).storedAs(DType.F32);
  private final ObjectNode config = JsonNodeFactory.instance.objectNode();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Random random = new Random(5);

  @BeforeEach
  void startWithAPlainAdapter() {
    config.put("peft_type", "LORA").put("r", R).put("lora_alpha", 6);
    config.putArray("target_modules").add("q_proj").add("gate_proj").add("embed_tokens");
  }

  @Test
  void addsTheScaledProductAndLeavesTheRest() throws IOException {
    adapt(Q_MODULE, C, C);
    adapt(GATE, C, 2 * C);

    WeightsReport report = merge();

    assertThat(report.tensors(TensorAction.MERGED)).hasSize(2);
    assertThat(report.tensors(TensorAction.REPLACED)).isEmpty();
    assertMerged(Q_MODULE, C, C, 3);
    assertMerged(GATE, 2 * C, C, 3);
    assertThat(merged(HEAD)).isEqualTo(model.values(HEAD));
  }

  @Test
  void scalesByTheRootOfTheRankWhenStabilized() throws IOException {
    config.put("use_rslora", true);
    adapt(Q_MODULE, C, C);

    merge();

    assertMerged(Q_MODULE, C, C, 6 / Math.sqrt(R));
  }

  @Test
  void followsPatternsOfRankAndAlpha() throws IOException {
    config.putObject("rank_pattern").put("layers.0.self_attn.q_proj", 3).put("gate_.*", 1);
    config.putObject("alpha_pattern").put("self_attn.q_proj", 12);
    adapt(Q_MODULE, C, C, 3);
    adapt(GATE, C, 2 * C, 1);

    merge();

    assertMerged(Q_MODULE, C, C, 4);
    assertMerged(GATE, 2 * C, C, 6);
  }

  @Test
  void readsTransposedWeights() throws IOException {
    config.put("fan_in_fan_out", true);
    adapt(GATE, 2 * C, C); // stored as [in, out]

    merge();

    float[] product = product(GATE, C, 2 * C); // [out, in]
    float[] expected = model.values(GATE + ".weight").clone();
    for (int out = 0; out < C; out++) {
      for (int in = 0; in < 2 * C; in++) {
        expected[in * C + out] += 3 * product[out * 2 * C + in];
      }
    }
    TensorAssert.isCloseTo(GATE, merged(GATE + ".weight"), expected, EPS, EPS);
  }

  @Test
  void mergesAnEmbedding() throws IOException {
    String module = "model.embed_tokens";
    put(module + ".lora_embedding_A", R, V);
    put(module + ".lora_embedding_B", C, R);

    merge();

    float[] a = values.get(module + ".lora_embedding_A"); // [r, v]
    float[] b = values.get(module + ".lora_embedding_B"); // [c, r]
    float[] expected = model.values(EMBEDDING).clone();
    for (int row = 0; row < V; row++) {
      for (int column = 0; column < C; column++) {
        for (int k = 0; k < R; k++) {
          expected[row * C + column] += 3 * a[k * V + row] * b[column * R + k];
        }
      }
    }
    TensorAssert.isCloseTo(module, merged(EMBEDDING), expected, EPS, EPS);
  }

  @Test
  void replacesModulesThatWereSaved() throws IOException {
    config.putArray("modules_to_save").add("mm_projector");
    adapt(Q_MODULE, C, C);
    put("model.mm_projector.weight", C, 6);
    put("lm_head.weight", V, C); // saved with a resized vocabulary by itself

    WeightsReport report = merge();

    assertThat(report.tensors(TensorAction.REPLACED))
        .extracting(TensorOutcome::name)
        .containsExactly(PROJECTOR, HEAD);
    assertThat(merged(PROJECTOR)).isEqualTo(values.get(PROJECTOR));
    assertThat(merged(HEAD)).isEqualTo(values.get(HEAD));
  }

  @Test
  void takesTrainablesThatLieBesideTheAdapter() throws IOException {
    adapt(Q_MODULE, C, C);
    Path adapter = writeAdapter();
    TinyModels other = TinyModels.llava(9, V, C).storedAs(DType.F32);
    Path torch = temp.resolve("projector.bin");
    Path source = other.write(temp.resolve("other"));
    ProjectorExtraction.extract(source, torch, EmbeddingRows.ALL, WeightsOptions.defaults());
    Files.copy(torch, adapter.resolve("non_lora_trainables.bin"));

    LoraMerge.merge(base(), adapter, temp.resolve("out"), WeightsOptions.defaults());

    assertThat(merged(PROJECTOR)).isEqualTo(other.values(PROJECTOR));
    assertThat(merged(EMBEDDING)).isEqualTo(other.values(EMBEDDING));
  }

  @ParameterizedTest
  @CsvSource({"F16", "BF16"})
  void roundsOnceToTheTypeOfTheModel(DType dtype) throws IOException {
    model.storedAs(dtype);
    adapt(Q_MODULE, C, C);

    merge();

    try (Checkpoint before = Checkpoint.open(temp.resolve("base"));
        Checkpoint after = Checkpoint.open(temp.resolve("out"))) {
      assertThat(after.tensors().values()).allMatch(info -> info.dtype() == dtype);
      float[] expected = before.tensor(Q_PROJ).toFloats();
      float[] product = product(Q_MODULE, C, C);
      for (int i = 0; i < expected.length; i++) {
        float sum = expected[i] + 3 * product[i];
        expected[i] =
            dtype == DType.F16
                ? FloatFormats.fromF16(FloatFormats.toF16(sum))
                : FloatFormats.fromBf16(FloatFormats.toBf16(sum));
      }
      assertThat(after.tensor(Q_PROJ).toFloats()).isEqualTo(expected);
    }
  }

  @Test
  void readsARegularExpressionAsTargets() throws IOException {
    config.put("target_modules", "model\\.layers\\.\\d+\\.self_attn\\.(q|v)_proj");
    adapt(Q_MODULE, C, C);

    merge();

    assertMerged(Q_MODULE, C, C, 3);
  }

  @Test
  void givesUpOnAnExpressionThatDoesNotEnd() throws IOException {
    config.put("target_modules", "(.*a?)*(.*o?)*(.*e?)*(.*i?)*x");
    adapt(Q_MODULE, C, C);

    assertFails(MalformedConfigException.class, "100000 steps");
  }

  @Test
  void listsTensorsThatAreNotUnderstood() throws IOException {
    adapt(Q_MODULE, C, C);
    put("model.layers.0.self_attn.q_proj.lora_magnitude_vector", C);
    put("model.norm.weight", C);

    assertFails(
        IncompatibleWeightsException.class,
        "2 tensors are not understood",
        "lora_magnitude_vector",
        "model.norm.weight");
  }

  @Test
  void listsTensorsWithoutAPlaceInTheModel() throws IOException {
    adapt("model.layers.7.self_attn.q_proj", C, C);

    assertFails(
        IncompatibleWeightsException.class,
        "no place in the model",
        "model.layers.7.self_attn.q_proj.weight");
  }

  @Test
  void refusesAModuleThatIsNoTarget() throws IOException {
    adapt("model.layers.0.self_attn.v_proj", C, C);

    assertFails(IncompatibleWeightsException.class, "v_proj", "target_modules");
  }

  @Test
  void refusesAMatrixWithoutItsPartner() throws IOException {
    put(Q_MODULE + ".lora_B.weight", C, R);

    assertFails(IncompatibleWeightsException.class, Q_MODULE, "only lora_B");
  }

  @Test
  void refusesARankThatContradictsTheConfiguration() throws IOException {
    adapt(Q_MODULE, C, C, 4);

    assertFails(IncompatibleWeightsException.class, "rank 2", "[4, 8]");
  }

  @Test
  void refusesAProductOfAnotherShape() throws IOException {
    adapt(Q_MODULE, C, C + 1);

    assertFails(IncompatibleWeightsException.class, Q_PROJ, "[9, 8]", "[8, 8]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"use_dora", "lora_bias", "use_qalora"})
  void refusesMethodsThatAreNotSupported(String key) throws IOException {
    config.put(key, true);
    adapt(Q_MODULE, C, C);

    assertFails(UnsupportedModelException.class, key);
  }

  @Test
  void refusesOtherKindsOfAdaptersAndChangedBases() throws IOException {
    adapt(Q_MODULE, C, C);
    config.put("init_lora_weights", "pissa_niter_4");
    assertFails(UnsupportedModelException.class, "init_lora_weights");

    config.put("peft_type", "IA3");
    assertFails(UnsupportedModelException.class, "peft_type");
  }

  @ParameterizedTest
  @CsvSource({"r,\"4\"", "r,0", "lora_alpha,null", "target_modules,[]", "use_rslora,1"})
  void refusesMalformedValues(String key, String value) throws IOException {
    config.set(key, new ObjectMapper().readTree(value));
    adapt(Q_MODULE, C, C);

    assertFails(MalformedConfigException.class, "'" + key + "'");
  }

  @Test
  void refusesADirectoryThatIsNoAdapter() throws IOException {
    assertThatThrownBy(() -> LoraMerge.merge(base(), temp, temp.resolve("out"), options()))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("adapter_config.json");
  }

  private static WeightsOptions options() {
    return WeightsOptions.builder().verify(true).build();
  }

  private void adapt(String module, int in, int out) {
    adapt(module, in, out, R);
  }

  private void adapt(String module, int in, int out, int rank) {
    put(module + ".lora_A.weight", rank, in);
    put(module + ".lora_B.weight", out, rank);
  }

  private void put(String name, long... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[(int) shape.elementCount()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (random.nextGaussian() * 0.1);
    }
    shapes.put(name, shape);
    values.put(name, elements);
  }

  private Path base() throws IOException {
    Path base = temp.resolve("base");
    return Files.exists(base) ? base : model.write(base);
  }

  private Path writeAdapter() throws IOException {
    Path directory = Files.createDirectories(temp.resolve("adapter"));
    Files.writeString(directory.resolve("adapter_config.json"), config.toString());
    var specs =
        shapes.entrySet().stream()
            .map(e -> new TensorSpec("base_model.model." + e.getKey(), DType.F32, e.getValue()))
            .toList();
    try (CheckpointWriter writer =
        CheckpointWriter.toFile(directory.resolve("adapter_model.safetensors"), specs)
            .overwrite(true)
            .open()) {
      for (TensorSpec spec : specs) {
        writer.append(spec.name(), values.get(spec.name().substring(17)));
      }
      writer.commit();
    }
    return directory;
  }

  private WeightsReport merge() throws IOException {
    return LoraMerge.merge(base(), writeAdapter(), temp.resolve("out"), options());
  }

  private float[] merged(String name) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(temp.resolve("out"))) {
      return checkpoint.tensor(name).toFloats();
    }
  }

  private void assertMerged(String module, int out, int in, double scale) throws IOException {
    float[] product = product(module, out, in);
    float[] expected = model.values(module + ".weight").clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] += (float) scale * product[i];
    }
    TensorAssert.isCloseTo(module, merged(module + ".weight"), expected, EPS, EPS);
  }

  /** B A, [out, in]. */
  private float[] product(String module, int out, int in) {
    float[] a = values.get(module + ".lora_A.weight");
    float[] b = values.get(module + ".lora_B.weight");
    int rank = b.length / out;
    float[] product = new float[out * in];
    for (int i = 0; i < out; i++) {
      for (int k = 0; k < rank; k++) {
        for (int j = 0; j < in; j++) {
          product[i * in + j] += b[i * rank + k] * a[k * in + j];
        }
      }
    }
    return product;
  }

  private void assertFails(Class<? extends Exception> type, String... words) throws IOException {
    Path adapter = writeAdapter();
    Path base = base();
    assertThatThrownBy(() -> LoraMerge.merge(base, adapter, temp.resolve("out"), options()))
        .isInstanceOf(type)
        .hasMessageContainingAll(words);
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("base", "adapter");
  }
}
