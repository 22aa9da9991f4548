package io.github.llavamed.onnx.internal.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  private static CpuFeatures x86(String flags) {
    return CpuFeatures.parse(
        "amd64", List.of("processor\t: 0", "model name\t: Some CPU", "flags\t\t: " + flags, ""));
  }

  @Test
  void readsModelAndFlagsOfTheFirstProcessor() {
    CpuFeatures cpu =
        CpuFeatures.parse(
            "amd64",
            List.of(
                "model name : A", "flags : avx2 avx512_vnni", "model name : B", "flags : sse2"));

    assertThat(cpu.model()).isEqualTo("A");
    assertThat(cpu.flags()).containsExactlyInAnyOrder("avx2", "avx512_vnni");
  }

  @Test
  void knowsTheByteDotProducts() {
    assertThat(x86("avx2 avx512_vnni").mayAddBytesIn16Bits()).isFalse();
    assertThat(x86("avx2 avx_vnni").mayAddBytesIn16Bits()).isFalse();
    assertThat(x86("avx2 amx_int8").hasByteDotProduct()).isTrue();
  }

  @Test
  void expectsSixteenBitSumsWithoutThem() {
    assertThat(x86("avx2 avx512f avx512bw").mayAddBytesIn16Bits()).isTrue();
    assertThat(new CpuFeatures("amd64", "", Set.of()).mayAddBytesIn16Bits()).isTrue();
  }

  @Test
  void neverExpectsThemOnArm() {
    CpuFeatures arm = CpuFeatures.parse("aarch64", List.of("Features : fp asimd asimddp"));

    assertThat(arm.mayAddBytesIn16Bits()).isFalse();
    assertThat(arm.hasByteDotProduct()).isTrue();
    assertThat(arm.hasVectorIntegers()).isTrue();
  }

  @Test
  void findsVectorIntegers() {
    assertThat(x86("sse2").hasVectorIntegers()).isFalse();
    assertThat(x86("avx2").hasVectorIntegers()).isTrue();
  }

  @Test
  void readsThisMachine() {
    assertThat(CpuFeatures.current().architecture()).isNotEmpty();
    assertThat(Memory.available().orElse(1)).isPositive();
  }
}
