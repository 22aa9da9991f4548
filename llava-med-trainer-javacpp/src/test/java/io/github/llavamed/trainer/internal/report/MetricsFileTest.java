package io.github.llavamed.trainer.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.training.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  @TempDir private Path directory;

  private void write(long lastStep, long... steps) throws IOException {
    try (MetricsFile file = MetricsFile.open(directory, lastStep)) {
      for (long step : steps) {
        file.write(new StepMetrics(step, 0.5, 2, 1e-3, 1, 10, 5, 1, 100, List.of(3), List.of(2.0)));
      }
    }
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(directory.resolve("metrics.jsonl"));
  }

  @Test
  void goesOnAfterALineThatWasNotFinished() throws IOException {
    write(0, 1, 2, 3);
    Files.writeString(
        directory.resolve("metrics.jsonl"), "{\"step\":4,\"lo", StandardOpenOption.APPEND);

    write(2, 3);

    assertThat(lines()).hasSize(3);
    assertThat(lines().get(2))
        .isEqualTo(
            "{\"step\":3,\"epoch\":0.5,\"loss\":2.0,\"learning_rate\":0.001,\"grad_norm\":1.0,"
                + "\"tokens\":10,\"trained_tokens\":5,\"tokens_per_second\":10.0,\"seconds\":1.0,"
                + "\"memory_bytes\":100,\"samples\":[3],\"micro_losses\":[2.0]}");
    assertThat(directory).isDirectoryNotContaining("glob:**.partial");
  }

  @Test
  void beginsAnewWithARunThatBeginsAnew() throws IOException {
    write(0, 1, 2);

    write(0, 1);

    assertThat(lines()).hasSize(1);
  }
}
