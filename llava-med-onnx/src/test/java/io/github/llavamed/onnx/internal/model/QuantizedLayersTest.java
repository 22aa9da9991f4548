package io.github.llavamed.onnx.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.onnx.internal.graph.Dim;
import io.github.llavamed.onnx.internal.graph.ElementType;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;
import io.github.llavamed.onnx.internal.runtime.FloatGraph;
import io.github.llavamed.onnx.quantization.Int4Blocks;
import io.github.llavamed.onnx.quantization.Int8Blocks;
import io.github.llavamed.onnx.quantization.NonFiniteWeightException;
import io.github.llavamed.onnx.quantization.WeightRange;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One product in each precision against the same product in double. */
class QuantizedLayersTest {
  private static final int ROWS = 5;

  private static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Runs a product whose input arrives with the treatment's factor in it, as producers make it. */
  private static float[] run(LinearLayers linear, float[] x, int inputs, RowSource weight) {
    float[] produced = new float[x.length];
    RowSource rows = linear.input("x").onColumns(RowSource.of(x, x.length / inputs));
    float[] row = new float[inputs];
    for (int r = 0; r < x.length / inputs; r++) {
      rows.readRow(r, row);
      System.arraycopy(row, 0, produced, r * inputs, inputs);
    }
    GraphBuilder graph = new GraphBuilder("product");
    Value in = graph.input("x", ElementType.FLOAT, Dim.of(1), Dim.named("s"), Dim.of(inputs));
    Value y = linear.apply(graph, "y", in, weight);
    graph.output(y, ElementType.FLOAT, Dim.of(1), Dim.named("s"), Dim.of(weight.rows()));
    try (FloatGraph session = FloatGraph.open(graph.toBytes(), 1)) {
      return session
          .run(
              Map.of(
                  "x",
                  new FloatGraph.Floats(FloatBuffer.wrap(produced), 1, x.length / inputs, inputs)),
              Set.of("y"))
          .get("y");
    }
  }

  private static double[] exact(float[] x, float[] w, int inputs) {
    int outputs = w.length / inputs;
    int rows = x.length / inputs;
    double[] y = new double[rows * outputs];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < inputs; i++) {
          y[r * outputs + o] += (double) x[r * inputs + i] * w[o * inputs + i];
        }
      }
    }
    return y;
  }

  private static double relativeError(float[] actual, double[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(error / norm);
  }

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(1, 1),
        Arguments.of(3, 2),
        Arguments.of(17, 5),
        Arguments.of(64, 65),
        Arguments.of(129, 31),
        Arguments.of(300, 130));
  }

  private static final BlockRounding INT4 = new Int4Rounding(new Int4Blocks(128));
  private static final BlockRounding INT8 = new Int8BlockRounding(new Int8Blocks(128));

  @ParameterizedTest
  @MethodSource("sizes")
  void multipliesOddSizes(int inputs, int outputs) {
    float[] x = gaussian(ROWS * inputs, 1);
    float[] w = gaussian(outputs * inputs, 2);
    double[] expected = exact(x, w, inputs);
    RowSource weight = RowSource.of(w, outputs);

    float[] int8 = run(new Int8LinearLayers(Map.of(), WeightRange.FULL), x, inputs, weight);
    float[] seven = run(new Int8LinearLayers(Map.of(), WeightRange.REDUCED), x, inputs, weight);
    float[] int4 = run(new BlockLinearLayers(Map.of(), Map.of(), INT4), x, inputs, weight);
    float[] blocks = run(new BlockLinearLayers(Map.of(), Map.of(), INT8), x, inputs, weight);

    assertThat(relativeError(int8, expected)).isLessThan(0.02);
    assertThat(relativeError(seven, expected)).isLessThan(0.03);
    assertThat(relativeError(int4, expected)).isLessThan(0.2);
    assertThat(relativeError(blocks, expected)).isLessThan(0.02);
  }

  @Test
  void keepsOutliersApartInBothPrecisions() {
    int inputs = 256;
    float[] x = gaussian(ROWS * inputs, 3);
    for (int r = 0; r < ROWS; r++) {
      x[r * inputs + 7] *= 1000;
      x[r * inputs + 200] *= 500;
    }
    float[] w = gaussian(48 * inputs, 4);
    double[] expected = exact(x, w, inputs);
    RowSource weight = RowSource.of(w, 48);
    Map<String, InputTreatment> split = Map.of("x", new InputTreatment(new int[] {7, 200}));

    double plain =
        relativeError(
            run(new Int8LinearLayers(Map.of(), WeightRange.FULL), x, inputs, weight), expected);
    double int8 =
        relativeError(
            run(new Int8LinearLayers(split, WeightRange.FULL), x, inputs, weight), expected);
    double int4 =
        relativeError(
            run(new BlockLinearLayers(split, Map.of(), INT4), x, inputs, weight), expected);

    double blocks =
        relativeError(
            run(new BlockLinearLayers(split, Map.of(), INT8), x, inputs, weight), expected);

    assertThat(int8).isLessThan(5e-4).isLessThan(plain / 10);
    assertThat(blocks).isLessThan(5e-4);
    assertThat(int4).isLessThan(5e-3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 100, 200, 254})
  void roundsAroundAnyZeroPoint(int zeroPoint) {
    int inputs = 96;
    float[] x = gaussian(ROWS * inputs, 7);
    for (int i = 0; i < x.length; i++) {
      // As far below zero as above it in the ratio of the bytes there are, and a row of one sign.
      x[i] = x[i] < 0 ? x[i] * zeroPoint / (255f - zeroPoint) : x[i];
      x[i] = i < inputs ? Math.copySign(x[i], 128f - zeroPoint) : x[i];
    }
    Arrays.fill(x, inputs, 2 * inputs, 0f);
    float[] w = gaussian(24 * inputs, 8);
    float[] factors = new float[inputs];
    Arrays.fill(factors, 0.5f);
    factors[3] = 1f;
    InputTreatment treatment = new InputTreatment(new int[] {5}, factors, true, zeroPoint);

    float[] y =
        run(
            new Int8LinearLayers(Map.of("x", treatment), WeightRange.FULL),
            x,
            inputs,
            RowSource.of(w, 24));

    assertThat(relativeError(y, exact(x, w, inputs))).isLessThan(0.03);
    assertThat(Arrays.copyOfRange(y, 24, 48)).containsOnly(0f);
  }

  @Test
  void roundsRowsIndependentlyOfOneAnother() {
    int inputs = 64;
    float[] x = gaussian(2 * inputs, 5);
    for (int i = 0; i < inputs; i++) {
      x[i] *= 1e5f;
    }
    float[] w = gaussian(16 * inputs, 6);
    RowSource weight = RowSource.of(w, 16);

    float[] both = run(new Int8LinearLayers(Map.of(), WeightRange.FULL), x, inputs, weight);
    float[] second =
        run(
            new Int8LinearLayers(Map.of(), WeightRange.FULL),
            Arrays.copyOfRange(x, inputs, 2 * inputs),
            inputs,
            weight);

    assertThat(Arrays.copyOfRange(both, 16, 32)).isEqualTo(second);
  }

  @Test
  void givesZeroForZeroRowsAndZeroWeights() {
    float[] x = new float[3 * 40];
    x[45] = 1f;

    float[] int8 =
        run(
            new Int8LinearLayers(Map.of(), WeightRange.FULL),
            x,
            40,
            RowSource.of(new float[8 * 40], 8));
    float[] zeroRow =
        run(
            new Int8LinearLayers(Map.of(), WeightRange.FULL),
            new float[40],
            40,
            RowSource.of(gaussian(8 * 40, 1), 8));

    assertThat(int8).containsOnly(0f);
    assertThat(zeroRow).containsOnly(0f);
  }

  /** The sum that saturates first where products of bytes are added in 16 bits. */
  @ParameterizedTest
  @EnumSource(WeightRange.class)
  void addsTheLargestProductsExactlyInTheRangeOfThisProcessor(WeightRange range) {
    boolean narrow =
        io.github.llavamed.onnx.internal.host.CpuFeatures.current().mayAddBytesIn16Bits();
    if (narrow && range == WeightRange.FULL) {
      return; // Not used there; see WeightRange.
    }
    int inputs = 512;
    float[] x = new float[inputs];
    float[] w = new float[2 * inputs];
    Arrays.fill(x, 1f);
    Arrays.fill(w, 0, inputs, 1f);
    Arrays.fill(w, inputs, 2 * inputs, -1f);

    float[] y = run(new Int8LinearLayers(Map.of(), range), x, inputs, RowSource.of(w, 2));

    assertThat(y[0]).isCloseTo(512f, org.assertj.core.api.Assertions.within(1e-3f));
    assertThat(y[1]).isCloseTo(-512f, org.assertj.core.api.Assertions.within(1e-3f));
  }

  @Test
  void addsTheLargestProductsInBlocksExactlyWhereTheyAreOffered() {
    if (io.github.llavamed.onnx.internal.host.CpuFeatures.current().mayAddBytesIn16Bits()) {
      return; // Refused there; see PrecisionChoice.
    }
    int inputs = 512;
    float[] x = new float[ROWS * inputs];
    float[] w = new float[2 * inputs];
    Arrays.fill(x, 1f);
    Arrays.fill(w, 0, inputs, 1f);
    Arrays.fill(w, inputs, 2 * inputs, -1f);
    LinearLayers layers = new BlockLinearLayers(Map.of(), Map.of(), INT8);

    float[] y = run(layers, x, inputs, RowSource.of(w, 2));

    for (int i = 0; i < y.length; i++) {
      float expected = i % 2 == 0 ? 512f : -512f;
      assertThat(y[i]).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-2f));
    }
  }

  @Test
  void namesTheTensorThatIsNotFinite() {
    float[] values = new float[6 * 32];
    values[100] = Float.NaN;
    RowSource weight = RowSource.of(new Stored("model.layers.3.mlp.up_proj.weight", values));

    assertThatThrownBy(
            () -> run(new Int8LinearLayers(Map.of(), WeightRange.FULL), new float[32], 32, weight))
        .isInstanceOf(NonFiniteWeightException.class)
        .hasMessageContaining("model.layers.3.mlp.up_proj.weight")
        .hasMessageContaining("some.safetensors");
    assertThatThrownBy(
            () -> run(new BlockLinearLayers(Map.of(), Map.of(), INT4), new float[32], 32, weight))
        .isInstanceOf(NonFiniteWeightException.class)
        .hasMessageContaining("model.layers.3.mlp.up_proj.weight");
    assertThatThrownBy(
            () -> run(new BlockLinearLayers(Map.of(), Map.of(), INT8), new float[32], 32, weight))
        .isInstanceOf(NonFiniteWeightException.class)
        .hasMessageContaining("model.layers.3.mlp.up_proj.weight");
  }

  /** A tensor of rows of 32. */
  private record Stored(String name, float[] values) implements TensorData {
    @Override
    public TensorInfo info() {
      return new TensorInfo(
          name, DType.F32, Shape.of(values.length / 32, 32), Path.of("some.safetensors"));
    }

    @Override
    public void readBytes(long byteOffset, ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
      System.arraycopy(values, Math.toIntExact(elementOffset), target, targetOffset, count);
    }
  }
}
