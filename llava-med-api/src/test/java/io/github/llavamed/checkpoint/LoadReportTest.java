package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadReportTest {
  private static final Path FILE = Path.of("model.safetensors");

  @Test
  void isCompleteWhenEverythingIsAccountedFor() {
    LoadReport report =
        LoadReport.builder()
            .used("a", FILE)
            .tied("b", "a")
            .ignored("c.inv_freq", "recomputed")
            .used("a", FILE)
            .build();
    assertThat(report.isComplete()).isTrue();
    assertThatCode(report::throwIfIncomplete).doesNotThrowAnyException();
    assertThat(report).hasToString("used 1, tied 1, ignored 1");
    assertThat(report.entries(LoadReport.Outcome.IGNORED))
        .containsExactly(
            new LoadReport.Entry("c.inv_freq", LoadReport.Outcome.IGNORED, "recomputed"));
    assertThat(report.entries()).hasSize(3);
  }

  @Test
  void namesWhatIsMissingAndUnused() {
    LoadReport report = LoadReport.builder().missing("m").unused("u").build();
    assertThat(report.isComplete()).isFalse();
    assertThatExceptionOfType(IncompleteCheckpointException.class)
        .isThrownBy(report::throwIfIncomplete)
        .withMessageContaining("1 missing (m)")
        .withMessageContaining("1 unused (u)")
        .satisfies(
            e -> {
              assertThat(e.missing()).containsExactly("m");
              assertThat(e.unused()).containsExactly("u");
            });
  }

  @Test
  void refusesTwoOutcomesOfOneTensor() {
    LoadReport.Builder builder = LoadReport.builder().used("a", FILE);
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.unused("a"))
        .withMessageContaining("name=a");
  }

  @Test
  void reportsTheRestOfASourceAsUnused(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("model.safetensors");
    SafetensorsBytes.write(file, "a", "b", "c");
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      LoadReport report =
          LoadReport.builder().used(checkpoint.tensors().get("b")).restUnused(checkpoint).build();
      assertThat(report.names(LoadReport.Outcome.USED)).containsExactly("b");
      assertThat(report.names(LoadReport.Outcome.UNUSED)).containsExactly("a", "c");
      assertThat(report.entries(LoadReport.Outcome.USED).get(0).detail())
          .isEqualTo(file.toString());
    }
  }
}
