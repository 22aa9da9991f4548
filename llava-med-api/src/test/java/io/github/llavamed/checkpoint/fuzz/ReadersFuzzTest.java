package io.github.llavamed.checkpoint.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Jazzer targets of both readers, one method per run: {@code JAZZER_FUZZ=1 mvn test
 * -Dtest='ReadersFuzzTest#readsTorchArchivesOrRefusesThem'}.
 *
 * <p>Off otherwise: Jazzer's agent would slow down every other test of the same process. The seeded
 * mutations of {@link MutationTest} run in every build.
 */
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = ".+")
class ReadersFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void readsSafetensorsOrRefusesThem(byte[] bytes) {
    SafetensorsFuzzer.fuzzerTestOneInput(bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void readsTorchArchivesOrRefusesThem(byte[] bytes) {
    TorchFuzzer.fuzzerTestOneInput(bytes);
  }
}
