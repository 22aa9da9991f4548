package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.BackendReport;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.internal.SystemInspection;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {
  @Test
  void tableNamesEveryBackendWithItsReason() {
    Diagnosis diagnosis =
        new Diagnosis(
            "1.2.3",
            new Diagnosis.JavaRuntime("17.0.1+2", "Some VM of Somebody", 512L << 20),
            new Diagnosis.Machine(
                "Linux 6.1",
                "amd64",
                "Processor X",
                8,
                List.of("avx2", "avx512_vnni"),
                OptionalLong.of(16L << 30)),
            List.of(
                new BackendReport(
                    "onnx-cpu",
                    50,
                    BackendStatus.available("1.0, 8 cores"),
                    "a.jar",
                    "int8, since it is fast"),
                new BackendReport(
                    "onnx-cuda",
                    90,
                    BackendStatus.unavailable("libcudart.so.12 not found"),
                    null,
                    null)));

    assertThat(diagnosis.toText().lines())
        .containsExactly(
            "llava-med     1.2.3",
            "java          17.0.1+2, Some VM of Somebody",
            "heap          512 MiB at most",
            "system        Linux 6.1, amd64",
            "processor     Processor X, 8 usable",
            "cpu features  avx2 avx512_vnni",
            "cpu class     AVX-512 with VNNI: byte dot products, int8 at full speed",
            "memory        16384 MiB",
            "backend       onnx-cpu: available: 1.0, 8 cores (priority 50, from a.jar)",
            "precision     onnx-cpu: int8, since it is fast",
            "backend       onnx-cuda: not available: libcudart.so.12 not found (priority 90)");
    assertThat(diagnosis).hasToString(diagnosis.toText());
  }

  @Test
  void readsModelAndFeaturesOfX86() {
    Diagnosis.Machine machine =
        SystemInspection.machine(
            """
            processor\t: 0
            model name\t: Some CPU @ 2 GHz
            flags\t\t: fpu avx2 avx512_vnni amx_int8x avx
            processor\t: 1
            flags\t\t: fpu
            """);

    assertThat(machine.processor()).isEqualTo("Some CPU @ 2 GHz");
    assertThat(machine.cpuFeatures()).containsExactly("avx", "avx2", "avx512_vnni");
  }

  @ParameterizedTest
  @CsvSource({
    "fpu sse4_2 avx,no AVX2",
    "avx avx2 fma,AVX2 without VNNI",
    "avx2 avx_vnni,AVX2 with VNNI",
    "avx2 avx512f avx512bw avx512vl,AVX-512 without VNNI",
    "avx2 avx512f avx512bw avx512_vnni,AVX-512 with VNNI",
    "avx512_vnni amx_tile amx_int8,AMX",
    "fp asimd,NEON without dot products",
    "fp asimd asimddp,NEON with dot products",
    "asimd asimddp i8mm,NEON with i8mm",
    "'',unknown"
  })
  void namesTheClassOfTheProcessor(String flags, String expected) {
    String key = flags.contains("asimd") ? "Features" : "flags";
    Diagnosis.Machine machine = SystemInspection.machine(key + "\t: " + flags + "\n");

    assertThat(machine.cpuClass()).startsWith(expected).doesNotContain("\n");
  }

  @Test
  void readsFeaturesOfArm() {
    Diagnosis.Machine machine =
        SystemInspection.machine("processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n");

    assertThat(machine.cpuFeatures()).containsExactly("asimd", "asimddp", "i8mm");
  }

  @Test
  void doesWithoutCpuInfo() {
    Diagnosis.Machine machine = SystemInspection.machine("");

    assertThat(machine.processor()).isEqualTo("unknown");
    assertThat(machine.cpuFeatures()).isEmpty();
    assertThat(machine.processors()).isPositive();
  }
}
