package io.github.llavamed.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import io.github.llavamed.onnx.quantization.WeightRange;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizedExportTest {
  private static final QuantizationConfig CONFIG = QuantizationConfig.defaults(WeightRange.FULL);

  /** Nothing is kept in float. */
  private static final QuantizationConfig PLAIN =
      new QuantizationConfig(0, 0, 128, WeightRange.FULL, false);

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
    OnnxExport export = export(model(), Precision.INT8, CONFIG.withRoundedVisionTower(true));

    try (Stream<Path> files = Files.list(export.directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "decoder.onnx",
              "decoder.onnx.data",
              "manifest.json",
              "parity.json",
              "vision.onnx",
              "vision.onnx.data");
    }
  }

  @Test
  void statesEveryLayerOfARoundedTower() throws IOException {
    OnnxExport export = export(model(), Precision.INT8, CONFIG.withRoundedVisionTower(true));

    assertThat(export.parity().modules())
        .filteredOn(module -> module.name().startsWith("vision."))
        .extracting(ParityReport.Module::name)
        .containsExactly("vision.blocks.0", "vision.blocks.1", "vision.projected");
    assertThat(export.parity().modules())
        .allSatisfy(module -> assertThat(module.cosine()).isBetween(0.99, 1.0000001));
    assertThat(export.parity().modules().get(0).maxError()).isPositive();
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
