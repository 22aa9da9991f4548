package io.github.llavamed.onnx.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.onnx.internal.store.GraphFiles;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products over weights in a file beside the same products over packed ones. */
class MappedInt8ProductTest {
  @TempDir Path directory;

  private static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private void write(InputTreatment treatment, RowSource weight) throws IOException {
    WeightRange range =
        CpuFeatures.current().mayAddBytesIn16Bits() ? WeightRange.REDUCED : WeightRange.FULL;
    Int8LinearLayers layers = new Int8LinearLayers(Map.of("x", treatment), range);
    GraphFiles.write(
        directory,
        new GraphFiles.Parts(
            "graph.onnx",
            graph -> build(graph, layers, weight),
            graph -> build(graph, layers.mapped(), weight)),
        List.of());
  }

  private static void build(GraphBuilder graph, LinearLayers layers, RowSource weight) {
    Dim inputs = Dim.of(weight.columns());
    Value x = graph.input("x", ElementType.FLOAT, Dim.of(1), Dim.named("s"), inputs);
    Value y = layers.apply(graph, "y", x, weight);
    graph.output(y, ElementType.FLOAT, Dim.of(1), Dim.named("s"), Dim.of(weight.rows()));
  }

  private float[] run(String graph, boolean packing, float[] x, int inputs) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] dims = {1, x.length / inputs, inputs};
    try (OrtSession.SessionOptions options = options(packing);
        OrtSession session =
            environment.createSession(directory.resolve(graph).toString(), options);
        OnnxTensor rows = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), dims);
        OrtSession.Result result = session.run(Map.of("x", rows))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  private static OrtSession.SessionOptions options(boolean packing) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(2);
    options.addConfigEntry("session.disable_prepacking", packing ? "0" : "1");
    return options;
  }

  private void assertSame(float[] x, int inputs) throws OrtException {
    float[] packed = run("graph.onnx", true, x, inputs);
    assertThat(run("graph-mapped.onnx", false, x, inputs)).isEqualTo(packed);
    float[] row = Arrays.copyOf(x, inputs);
    float[] alone = run("graph-mapped.onnx", false, row, inputs);
    assertThat(alone).isEqualTo(Arrays.copyOf(packed, alone.length));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "17, 5", "64, 65", "129, 31", "300, 513", "1024, 700"})
  void givesTheSameBitsInAllSizes(int inputs, int outputs) throws IOException, OrtException {
    write(InputTreatment.NONE, RowSource.of(gaussian(outputs * inputs, 2), outputs));

    assertSame(gaussian(7 * inputs, 1), inputs);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 100, 128, 200, 254})
  void givesTheSameBitsAroundAnyZeroPoint(int zeroPoint) throws IOException, OrtException {
    int inputs = 192;
    InputTreatment treatment = new InputTreatment(new int[0], new float[0], true, zeroPoint);
    write(treatment, RowSource.of(gaussian(96 * inputs, 3), 96));

    assertSame(gaussian(4 * inputs, 4), inputs);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 32, 128})
  void givesTheSameBitsWithChannelsInFloat(int channels) throws IOException, OrtException {
    int inputs = 400;
    InputTreatment treatment =
        new InputTreatment(IntStream.range(0, channels).map(i -> 3 * i).toArray());
    write(treatment, RowSource.of(gaussian(333 * inputs, 5), 333));

    assertSame(gaussian(6 * inputs, 6), inputs);
  }

  /** As wide as the widest product of a 7B model, with every byte at its end. */
  @Test
  void addsTheLargestBytesWithoutOverflow() throws IOException, OrtException {
    int inputs = 14336;
    float[] weight = new float[2 * inputs];
    Arrays.fill(weight, 0, inputs, 1f);
    Arrays.fill(weight, inputs, 2 * inputs, -1f);
    float[] x = new float[2 * inputs];
    Arrays.fill(x, 0, inputs, 1f);
    Arrays.fill(x, inputs, 2 * inputs, -1f);
    for (int zeroPoint : new int[] {1, 128, 254}) {
      InputTreatment treatment = new InputTreatment(new int[0], new float[0], true, zeroPoint);
      Files.deleteIfExists(directory.resolve("graph.onnx.data"));
      write(treatment, RowSource.of(weight, 2));

      assertSame(x, inputs);
    }
    assertThat(255L * 127 * inputs).isLessThan(Integer.MAX_VALUE);
    assertThat(255L * 127 * MappedInt8Product.MOST_INPUTS).isLessThanOrEqualTo(Integer.MAX_VALUE);
    assertThat(255L * 127 * (MappedInt8Product.MOST_INPUTS + 1)).isGreaterThan(Integer.MAX_VALUE);
  }

  @Test
  void keepsTheOneOperatorWhereSumsCouldOverflow() throws IOException {
    int inputs = MappedInt8Product.MOST_INPUTS + 1;
    write(InputTreatment.NONE, RowSource.of(new float[inputs], 1));

    assertThat(operators(directory.resolve("graph-mapped.onnx")))
        .contains("MatMulIntegerToFloat")
        .doesNotContain("MatMulInteger");
  }

  /** The runtime knows a pattern that it would turn into the operator that needs packed weights. */
  @Test
  void staysAsItIsWhenTheRuntimeOptimises() throws IOException, OrtException {
    write(new InputTreatment(new int[] {4}), RowSource.of(gaussian(64 * 96, 7), 64));
    Path optimised = directory.resolve("optimised.onnx");
    try (OrtSession.SessionOptions options = options(false)) {
      options.setOptimizedModelFilePath(optimised.toString());
      OrtEnvironment.getEnvironment()
          .createSession(directory.resolve("graph-mapped.onnx").toString(), options)
          .close();
    }

    assertThat(operators(optimised))
        .contains("MatMulInteger", "Sub")
        .doesNotContain("MatMulIntegerToFloat");
    assertThat(product(optimised).getInputCount()).isEqualTo(2); // No zero points.
  }

  @Test
  void weighsNothingTwice() throws IOException {
    write(InputTreatment.NONE, RowSource.of(gaussian(512 * 300, 8), 512));

    ModelProto model = model(directory.resolve("graph-mapped.onnx"));
    assertThat(Files.size(directory.resolve("graph.onnx.data"))).isLessThan(2 * 512 * 300);
    assertThat(Files.exists(directory.resolve("graph-mapped.onnx.data"))).isFalse();
    assertThat(model.getGraph().getInitializerList())
        .filteredOn(tensor -> tensor.getExternalDataCount() > 0)
        .singleElement()
        .satisfies(
            tensor ->
                assertThat(tensor.getExternalData(0).getValue()).isEqualTo("graph.onnx.data"));
  }

  @Test
  void hasNoTwinOfATwin() {
    Int8LinearLayers mapped = new Int8LinearLayers(Map.of(), WeightRange.FULL).mapped();

    assertThatThrownBy(mapped::mapped).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> build(new GraphBuilder("alone"), mapped, RowSource.of(new float[6], 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("y.weight");
  }

  private static ModelProto model(Path file) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(file));
  }

  private static List<String> operators(Path file) throws IOException {
    return model(file).getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  private static NodeProto product(Path file) throws IOException {
    return model(file).getGraph().getNodeList().stream()
        .filter(node -> node.getOpType().equals("MatMulInteger"))
        .findFirst()
        .orElseThrow();
  }
}
