package io.github.llavamed.onnx.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.onnx.OnnxCpuProvider;
import io.github.llavamed.onnx.internal.calibration.Agreement;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States how far int8 and int4 are from float32 on the golden models.
 *
 * <p>Their weights are random and narrow, which is the hardest case for rounding: no channel
 * matters more than another, and errors do not average out over 32 to 64 channels.
 */
@Tag("golden")
class QuantizedGoldenTest {
  /** Measured over all cases: 0.955 to 0.99 and 0.0007 to 0.0017. */
  private static final double INT8_AGREEMENT = 0.92;

  private static final double INT8_KL = 0.005;

  /** With the vision tower in int8 too, measured over all cases: 0.94 to 0.99 and up to 0.006. */
  private static final double INT8_TOWER_AGREEMENT = 0.9;

  private static final double INT8_TOWER_KL = 0.012;

  /** Measured over all cases: 0.65 to 0.80 and 0.07 to 0.16. */
  private static final double INT4_AGREEMENT = 0.55;

  private static final double INT4_KL = 0.3;

  @TempDir Path directory;

  static Stream<GoldenForward> cases() throws IOException {
    return GoldenForward.all();
  }

  private Agreement agreement(GoldenForward golden, Precision precision, Precision tower)
      throws IOException {
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend exact = open(model, Precision.FP32, Precision.FP32);
        InferenceBackend rounded = open(model, precision, tower)) {
      assertThat(rounded.precision()).isEqualTo(precision);
      Agreement agreement = null;
      for (JsonNode prompt : golden.prompts().values()) {
        ForwardTrace expected = trace(golden, model, prompt, exact);
        ForwardTrace actual = trace(golden, model, prompt, rounded);
        if (agreement == null) {
          agreement = new Agreement(expected.logits().columns());
        }
        agreement.add(expected.logits().values(), actual.logits().values());
      }
      assertThat(agreement).isNotNull();
      return agreement;
    }
  }

  private InferenceBackend open(LoadedModel model, Precision precision, Precision tower) {
    return new OnnxCpuProvider()
        .create(model.artifacts(), new BackendOptions(precision, null, 1, directory, tower));
  }

  private static ForwardTrace trace(
      GoldenForward golden, LoadedModel model, JsonNode prompt, InferenceBackend backend) {
    return backend.trace(
        golden.images(prompt.path("images"), model.config()),
        golden.segments(GoldenFolder.ints(prompt.get("input_ids")), model.config()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void int8ChoosesAlmostTheSameTokens(GoldenForward golden) throws IOException {
    Agreement agreement = agreement(golden, Precision.INT8, Precision.FP32);
    report(golden, "int8", agreement);

    assertThat(agreement.nextTokenAgreement()).isGreaterThanOrEqualTo(INT8_AGREEMENT);
    assertThat(agreement.meanKl()).isLessThan(INT8_KL);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void aTowerInInt8ChangesFewTokensMore(GoldenForward golden) throws IOException {
    Agreement agreement = agreement(golden, Precision.INT8, Precision.INT8);
    report(golden, "int8 with its tower", agreement);

    assertThat(agreement.nextTokenAgreement()).isGreaterThanOrEqualTo(INT8_TOWER_AGREEMENT);
    assertThat(agreement.meanKl()).isLessThan(INT8_TOWER_KL);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void int8InBlocksChoosesAlmostTheSameTokens(GoldenForward golden) throws IOException {
    assumeThat(CpuFeatures.current().mayAddBytesIn16Bits()).isFalse();
    Agreement agreement = agreement(golden, Precision.INT8_BLOCKS, Precision.FP32);
    report(golden, "int8-blocks", agreement);

    assertThat(agreement.nextTokenAgreement()).isGreaterThanOrEqualTo(INT8_AGREEMENT);
    assertThat(agreement.meanKl()).isLessThan(INT8_KL);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void int4ChoosesMostlyTheSameTokens(GoldenForward golden) throws IOException {
    Agreement agreement = agreement(golden, Precision.INT4, Precision.FP32);
    report(golden, "int4", agreement);

    assertThat(agreement.nextTokenAgreement()).isGreaterThanOrEqualTo(INT4_AGREEMENT);
    assertThat(agreement.meanKl()).isLessThan(INT4_KL);
  }

  private static void report(GoldenForward golden, String precision, Agreement agreement) {
    org.slf4j.LoggerFactory.getLogger(QuantizedGoldenTest.class)
        .info(
            "{} {}: agreement {}, mean KL {} over {} positions",
            golden,
            precision,
            agreement.nextTokenAgreement(),
            agreement.meanKl(),
            agreement.positions());
  }
}
