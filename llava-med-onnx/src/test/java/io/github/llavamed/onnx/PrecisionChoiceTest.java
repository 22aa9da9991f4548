package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.PrecisionChoice.Situation;
import io.github.llavamed.onnx.export.ModelBytes;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrecisionChoiceTest {
  private static final long GIB = 1L << 30;
  private static final ModelBytes SEVEN_BILLION = new ModelBytes(7_110_000_000L, 330_000_000L);
  private static final ModelBytes TINY = new ModelBytes(1_000_000, 100_000);
  private static final CpuFeatures VNNI =
      new CpuFeatures("amd64", "new", Set.of("avx2", "avx512_vnni"));
  private static final CpuFeatures AVX2 = new CpuFeatures("amd64", "older", Set.of("avx2"));
  private static final CpuFeatures SSE = new CpuFeatures("amd64", "old", Set.of("sse2"));

  private static Situation situation(ModelBytes model, long available, CpuFeatures cpu) {
    return new Situation(model, GIB / 4, WeightPlacement.PACKED, OptionalLong.of(available), cpu);
  }

  @Test
  void keepsSmallModelsInFloat32() {
    PrecisionChoice choice = PrecisionChoice.of(null, situation(TINY, 8 * GIB, VNNI));

    assertThat(choice.precision()).isEqualTo(Precision.FP32);
    assertThat(choice.warnings()).isEmpty();
  }

  @Test
  void takesInt8ForLargeModels() {
    PrecisionChoice choice = PrecisionChoice.of(null, situation(SEVEN_BILLION, 64 * GIB, VNNI));

    assertThat(choice.precision()).isEqualTo(Precision.INT8);
    assertThat(choice.reason()).contains("int8").contains("MiB").contains("64.0 GiB");
    assertThat(choice.warnings()).isEmpty();
  }

  @Test
  void takesInt4WhenMemoryIsShortAndSaysSo() {
    PrecisionChoice choice = PrecisionChoice.of(null, situation(SEVEN_BILLION, 7 * GIB, VNNI));

    assertThat(choice.precision()).isEqualTo(Precision.INT4);
    assertThat(choice.reason()).contains("memory is short").contains("int8 would need");
  }

  @Test
  void refusesBeforeMemoryRunsOut() {
    assertThatThrownBy(() -> PrecisionChoice.of(null, situation(SEVEN_BILLION, GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("not enough memory")
        .hasMessageContaining("1024 MiB available");
    assertThatThrownBy(
            () -> PrecisionChoice.of(Precision.FP32, situation(SEVEN_BILLION, 16 * GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("fp32 needs 28")
        .hasMessageContaining("16.0 GiB available")
        .hasMessageContaining("int8 needs");
  }

  private static Situation mapped(ModelBytes model, long available, CpuFeatures cpu) {
    return situation(model, available, cpu).mapped();
  }

  @Test
  void namesMappedWeightsWherePackedOnesDoNotFit() {
    assertThatThrownBy(
            () -> PrecisionChoice.of(Precision.INT8, situation(SEVEN_BILLION, 7 * GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("int4 needs")
        .hasMessageContaining("weights 'mapped'")
        .hasMessageContaining("int8 then needs 384 MiB");
    assertThatThrownBy(() -> PrecisionChoice.of(null, situation(SEVEN_BILLION, GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("weights 'mapped'");
    assertThatThrownBy(
            () -> PrecisionChoice.of(Precision.INT4, situation(SEVEN_BILLION, GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageNotContaining("mapped");
    assertThatThrownBy(() -> PrecisionChoice.of(null, situation(SEVEN_BILLION, GIB / 4, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageNotContaining("mapped");
  }

  @Test
  void mappedWeightsNeedNoMemoryOfTheirOwn() {
    assertThat(PrecisionChoice.of(null, mapped(SEVEN_BILLION, 64 * GIB, VNNI)))
        .satisfies(choice -> assertThat(choice.precision()).isEqualTo(Precision.INT8))
        .satisfies(choice -> assertThat(choice.warnings()).isEmpty());
    PrecisionChoice short7 = PrecisionChoice.of(null, mapped(SEVEN_BILLION, 4 * GIB, VNNI));
    assertThat(short7.precision()).isEqualTo(Precision.INT8);
    assertThat(short7.warnings()).singleElement().asString().contains("from the disk again");
    assertThatThrownBy(() -> PrecisionChoice.of(null, mapped(SEVEN_BILLION, GIB / 4, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("not enough memory: int8 needs 384 MiB of 256 MiB available");
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT4", "INT8_BLOCKS", "INT8_INT4", "INT8_INT8_BLOCKS"})
  void mapsNoWeightsInBlocks(Precision precision) {
    assertThatThrownBy(() -> PrecisionChoice.of(precision, mapped(TINY, 8 * GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("available in: fp32, int8");
  }

  @Test
  void countsBothFormatsOfAPair() {
    assertThat(
            PrecisionChoice.of(Precision.INT8_INT4, situation(SEVEN_BILLION, 16 * GIB, VNNI))
                .precision())
        .isEqualTo(Precision.INT8_INT4);
    assertThatThrownBy(
            () -> PrecisionChoice.of(Precision.INT8_INT4, situation(SEVEN_BILLION, 10 * GIB, VNNI)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("int8+int4 needs 12.")
        .hasMessageContaining("10.0 GiB available");
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8_BLOCKS", "INT8_INT8_BLOCKS"})
  void refusesBytesInBlocksWithoutByteDotProducts(Precision precision) {
    for (CpuFeatures cpu : new CpuFeatures[] {AVX2, SSE}) {
      assertThatThrownBy(
              () -> PrecisionChoice.of(precision, situation(SEVEN_BILLION, 64 * GIB, cpu)))
          .isInstanceOf(LlavaMedException.class)
          .hasMessageContaining("VNNI")
          .hasMessageContaining("take int8 or int4");
    }
  }

  @Test
  void trustsWhereTheSystemDoesNotTell() {
    Situation unknown =
        new Situation(SEVEN_BILLION, 0, WeightPlacement.PACKED, OptionalLong.empty(), VNNI);

    assertThat(PrecisionChoice.of(Precision.FP32, unknown).precision()).isEqualTo(Precision.FP32);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8", "INT8_BLOCKS", "INT4", "INT8_INT8_BLOCKS", "INT8_INT4"})
  void doesWhatItIsAskedFor(Precision precision) {
    PrecisionChoice choice = PrecisionChoice.of(precision, situation(TINY, 8 * GIB, VNNI));

    assertThat(choice.precision()).isEqualTo(precision);
    assertThat(choice.reason()).contains("as asked");
  }

  @Test
  void saysInOneLineWhatALargeModelWouldRunIn() {
    CpuFeatures amx = new CpuFeatures("amd64", "newest", Set.of("avx2", "amx_int8"));
    OptionalLong much = OptionalLong.of(64 * GIB);

    assertThat(PrecisionChoice.advice(much, VNNI))
        .startsWith("for 7B: int8, the fastest for prompts")
        .contains("of 64.0 GiB available")
        .doesNotContain("\n");
    assertThat(PrecisionChoice.advice(much, amx)).startsWith("for 7B: int8, the fastest");
    assertThat(PrecisionChoice.advice(much, AVX2))
        .startsWith("for 7B: int8")
        .contains("7 bits", "no byte dot product");
    assertThat(PrecisionChoice.advice(much, SSE)).startsWith("for 7B: fp32");
    assertThat(PrecisionChoice.advice(OptionalLong.of(7 * GIB), VNNI))
        .startsWith("for 7B: int4, since memory is short");
    assertThat(PrecisionChoice.advice(OptionalLong.of(2 * GIB), VNNI))
        .startsWith("for 7B: none, int4 needs")
        .contains("2048 MiB available");
    assertThat(PrecisionChoice.advice(OptionalLong.empty(), VNNI)).startsWith("for 7B: int8");
  }

  @Test
  void warnsOfSlowPrecisionsAndNamesTheFasterOne() {
    assertThat(PrecisionChoice.of(Precision.FP32, situation(SEVEN_BILLION, 64 * GIB, VNNI)))
        .satisfies(choice -> assertThat(choice.warnings()).first().asString().contains("int8"));
    assertThat(PrecisionChoice.of(Precision.INT4, situation(SEVEN_BILLION, 64 * GIB, VNNI)))
        .satisfies(choice -> assertThat(choice.warnings()).first().asString().contains("int8"));
    assertThat(PrecisionChoice.of(Precision.INT8, situation(SEVEN_BILLION, 64 * GIB, SSE)))
        .satisfies(choice -> assertThat(choice.warnings()).first().asString().contains("fp32"));
    assertThat(PrecisionChoice.of(Precision.INT8, situation(SEVEN_BILLION, 64 * GIB, AVX2)))
        .satisfies(choice -> assertThat(choice.warnings()).first().asString().contains("7 bits"));
  }
}
