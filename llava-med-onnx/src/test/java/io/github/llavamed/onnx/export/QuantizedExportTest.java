package io.github.llavamed.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import io.github.llavamed.onnx.quantization.TowerRounding;
import io.github.llavamed.onnx.quantization.WeightRange;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedExportTest {
  private static final QuantizationConfig CONFIG =
      QuantizationConfig.defaults(WeightRange.FULL).withTower(TowerRounding.NEVER);

  /** Nothing is kept in float. */
  private static final QuantizationConfig PLAIN =
      new QuantizationConfig(0, 0, 128, WeightRange.FULL, TowerRounding.NEVER);

  @TempDir Path parent;

  private static SyntheticModel model() {
    return SyntheticModel.of(SyntheticConfig.create().sizes(192, 320).heads(6, 3, 32).build(), 1);
  }

  /** Returns a model whose norms make a few channels far larger than the others. */
  private static SyntheticModel modelWithOutliers() {
    SyntheticModel model = model();
    for (int layer = 0; layer < 2; layer++) {
      for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
        String name = "model.layers." + layer + "." + norm + ".weight";
        float[] weight = model.tensor(name).toFloats();
        for (int channel : new int[] {3, 77, 190}) {
          weight[channel] *= 60;
        }
        model.put(name, weight, weight.length);
      }
    }
    return model;
  }

  private OnnxExport export(SyntheticModel model, Precision precision, QuantizationConfig config)
      throws IOException {
    return new OnnxExporter(new OnnxExportConfig(precision, false, config))
        .export(model.artifacts(parent), parent);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8", "INT4"})
  void reportsEveryModuleAndTheNextTokens(Precision precision) throws IOException {
    ParityReport report = export(model(), precision, CONFIG).parity();

    assertThat(report.precision()).isEqualTo(precision);
    assertThat(report.modules())
        .extracting(ParityReport.Module::name)
        .containsExactly("decoder.layers.0", "decoder.layers.1", "decoder.logits");
    assertThat(report.positions()).isGreaterThan(50);
    double cosine =
        precision == Precision.FP32 ? 0.9999999 : precision == Precision.INT8 ? 0.999 : 0.97;
    assertThat(report.modules()).allSatisfy(m -> assertThat(m.cosine()).isGreaterThan(cosine));
    assertThat(report.modules())
        .allSatisfy(m -> assertThat(m.maxError()).isLessThan(m.largestValue()));
    assertThat(report.exceeded()).isEmpty();
  }

  @Test
  void leavesNoScratchFilesBehind() throws IOException {
    OnnxExport export = export(model(), Precision.INT8, CONFIG.withTower(TowerRounding.ALWAYS));

    try (Stream<Path> files = Files.list(export.directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "decoder.onnx",
              "decoder-mapped.onnx",
              "decoder.onnx.data",
              "manifest.json",
              "parity.json",
              "vision.onnx",
              "vision-mapped.onnx",
              "vision.onnx.data");
    }
  }

  @Test
  void rebuildsAnExportWhoseMappedGraphIsMissingOrDamaged() throws IOException {
    OnnxExport export = export(model(), Precision.INT8, CONFIG);
    Path mapped = export.decoderModel(WeightPlacement.MAPPED);
    byte[] sound = Files.readAllBytes(mapped);

    Files.delete(mapped);
    assertThat(export(model(), Precision.INT8, CONFIG).reused()).isFalse();
    assertThat(mapped).hasBinaryContent(sound);
    byte[] damaged = sound.clone();
    damaged[sound.length / 2] ^= 1;
    Files.write(mapped, damaged);
    assertThat(export(model(), Precision.INT8, CONFIG).reused()).isFalse();
    assertThat(mapped).hasBinaryContent(sound);
    assertThat(export(model(), Precision.INT8, CONFIG).reused()).isTrue();
  }

  @Test
  void namesTheGraphForAPlacement() throws IOException {
    OnnxExport int8 = export(model(), Precision.INT8, CONFIG);
    OnnxExport fp32 = export(model(), Precision.FP32, CONFIG);

    assertThat(int8.decoderModel(WeightPlacement.PACKED)).isEqualTo(int8.decoderModel());
    assertThat(int8.decoderModel(WeightPlacement.MAPPED)).hasFileName("decoder-mapped.onnx");
    assertThat(int8.visionModel(WeightPlacement.MAPPED)).isEqualTo(int8.visionModel());
    assertThat(fp32.decoderModel(WeightPlacement.MAPPED)).isEqualTo(fp32.decoderModel());
  }

  @Test
  void statesEveryLayerOfARoundedTower() throws IOException {
    OnnxExport export = export(model(), Precision.INT8, CONFIG.withTower(TowerRounding.ALWAYS));

    assertThat(export.parity().modules())
        .filteredOn(module -> module.name().startsWith("vision."))
        .extracting(ParityReport.Module::name)
        .containsExactly("vision.blocks.0", "vision.blocks.1", "vision.projected");
    assertThat(export.parity().modules())
        .allSatisfy(module -> assertThat(module.cosine()).isBetween(0.99, 1.0000001));
    assertThat(export.parity().modules().get(0).maxError()).isPositive();
  }

  /**
   * Returns the calm tower's function with two channels behind its norms larger by a factor, which
   * the weights behind them make up for.
   */
  private static SyntheticModel modelWithTowerOutliers(float factor) {
    SyntheticModel model = modelWithCalmTower();
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "vision_model.encoder.layers." + layer + ".";
      scaleColumns(model, prefix + "layer_norm1.weight", factor);
      scaleColumns(model, prefix + "layer_norm1.bias", factor);
      scaleColumns(model, prefix + "layer_norm2.weight", factor);
      scaleColumns(model, prefix + "layer_norm2.bias", factor);
      for (String consumer : List.of("q_proj", "k_proj", "v_proj")) {
        scaleColumns(model, prefix + "self_attn." + consumer + ".weight", 1 / factor);
      }
      scaleColumns(model, prefix + "mlp.fc1.weight", 1 / factor);
    }
    return model;
  }

  private static void scaleColumns(SyntheticModel model, String name, float factor) {
    TensorData stored = model.tensor(name);
    Shape shape = stored.info().shape();
    long[] dims = IntStream.range(0, shape.rank()).mapToLong(shape::dim).toArray();
    int width = Math.toIntExact(dims[dims.length - 1]);
    float[] values = stored.toFloats();
    for (int row = 0; row < values.length; row += width) {
      values[row + 1] *= factor;
      values[row + width - 2] *= factor;
    }
    model.put(name, values, dims);
  }

  /** Returns a model whose tower's blocks add little, as trained ones do. */
  private static SyntheticModel modelWithCalmTower() {
    SyntheticModel model = model();
    for (int layer = 0; layer < 2; layer++) {
      for (String product : List.of("self_attn.out_proj", "mlp.fc2")) {
        String name = "vision_model.encoder.layers." + layer + "." + product + ".weight";
        TensorData stored = model.tensor(name);
        float[] weight = stored.toFloats();
        for (int i = 0; i < weight.length; i++) {
          weight[i] *= 0.2f;
        }
        model.put(name, weight, stored.info().shape().dim(0), stored.info().shape().dim(1));
      }
    }
    return model;
  }

  /** Returns a calm tower with some channels behind its norms larger by a factor. */
  private static SyntheticModel modelWithLargeChannels(float factor) {
    SyntheticModel model = modelWithCalmTower();
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "vision_model.encoder.layers." + layer + ".";
      scaleColumns(model, prefix + "layer_norm1.weight", factor);
      scaleColumns(model, prefix + "layer_norm2.weight", factor);
    }
    return model;
  }

  private static double worstTowerCosine(OnnxExport export) throws IOException {
    return export.parity().modules().stream()
        .filter(module -> module.name().startsWith("vision."))
        .mapToDouble(ParityReport.Module::worstRowCosine)
        .min()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(floats = {10, 20, 100, 300})
  void movesTheRangeOfLargeChannelsIntoTheWeightsThatAreSmallThere(float factor)
      throws IOException {
    QuantizationConfig always = PLAIN.withTower(TowerRounding.ALWAYS);

    double calm = worstTowerCosine(export(modelWithCalmTower(), Precision.INT8, always));
    double large = worstTowerCosine(export(modelWithTowerOutliers(factor), Precision.INT8, always));

    assertThat(1 - large).isLessThan((1 - calm) * 1.5);
  }

  @ParameterizedTest
  @ValueSource(floats = {10, 20, 100})
  void holdsATowerTogetherWhoseNormsHaveLargeChannels(float factor) throws IOException {
    QuantizationConfig always = CONFIG.withTower(TowerRounding.ALWAYS);
    QuantizationConfig plain = PLAIN.withTower(TowerRounding.ALWAYS);

    double split = worstTowerCosine(export(modelWithLargeChannels(factor), Precision.INT8, always));
    double whole = worstTowerCosine(export(modelWithLargeChannels(factor), Precision.INT8, plain));

    // Queries and keys grow with the square of the factor, and their errors with them.
    assertThat(split).isGreaterThan(factor == 10 ? 0.9995 : 0.995);
    assertThat(1 - split).isLessThan((1 - whole) / (factor == 10 ? 1.2 : 4));
  }

  @Test
  void roundsATowerUnaskedOnlyIfItsFeaturesStayClose() throws IOException {
    QuantizationConfig measured = CONFIG.withTower(TowerRounding.IF_CLOSE);
    QuantizationConfig hopeless = PLAIN.withTower(TowerRounding.IF_CLOSE);

    OnnxExport close = export(modelWithCalmTower(), Precision.INT8, measured);
    OnnxExport far = export(modelWithLargeChannels(100), Precision.INT8, hopeless);

    assertThat(close.parity().hasRoundedTower()).isTrue();
    assertThat(far.parity().hasRoundedTower()).isFalse();
    assertThat(Files.size(far.directory().resolve("vision.onnx.data")))
        .isGreaterThan(Files.size(close.directory().resolve("vision.onnx.data")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8", "INT4"})
  void keepsOutlierChannelsOutOfTheRounding(Precision precision) throws IOException {
    double plain = export(modelWithOutliers(), precision, PLAIN).parity().meanKl();
    double split = export(modelWithOutliers(), precision, CONFIG).parity().meanKl();

    // With four bits most of the error is that of the other channels.
    assertThat(split).isLessThan(precision == Precision.INT8 ? plain / 3 : plain / 1.5);
  }

  @Test
  void tellsExportsOfDifferentSettingsApart() throws IOException {
    QuantizationConfig narrow = QuantizationConfig.defaults(WeightRange.REDUCED);

    OnnxExport wide = export(model(), Precision.INT8, CONFIG);
    OnnxExport reduced = export(model(), Precision.INT8, narrow);

    assertThat(reduced.directory()).isNotEqualTo(wide.directory());
    assertThat(reduced.reused()).isFalse();
    assertThat(reduced.directory().getFileName().toString()).startsWith("onnx-int8-reduced-");
    assertThat(export(model(), Precision.INT8, CONFIG).reused()).isTrue();
  }

  @Test
  void isSmallerThanFloat32() throws IOException {
    long fp32 = decoderBytes(export(model(), Precision.FP32, CONFIG));
    long int8 = decoderBytes(export(model(), Precision.INT8, PLAIN));
    long int4 = decoderBytes(export(model(), Precision.INT4, PLAIN));

    assertThat(int8).isLessThan(fp32 / 2);
    assertThat(int4).isLessThan(int8);
  }

  private static long decoderBytes(OnnxExport export) throws IOException {
    return Files.size(export.decoderModel())
        + Files.size(export.directory().resolve("decoder.onnx.data"));
  }

  @Test
  void namesWhatExceedsItsBound() {
    ParityReport report =
        new ParityReport(
            Precision.INT8,
            "none",
            10,
            List.of(new ParityReport.Module("decoder.layers.0", 0.5, 0.4, 3, 4)),
            0.2,
            Double.NaN,
            1);

    assertThat(report.exceeded()).hasSize(3);
    assertThat(report.exceeded().get(0)).contains("decoder.layers.0").contains("0.5");
    assertThat(report.summary()).contains("0.200");
  }
}
