package io.github.llavamed.trainer.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCurveTest {
  @TempDir private Path directory;

  private void write(int steps) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      lines.add(
          "{\"step\": %d, \"loss\": %s, \"learning_rate\": %s}"
              .formatted(step, 1 + 4 / Math.sqrt(step), 1e-3 * step / steps));
    }
    Files.write(directory.resolve("metrics.jsonl"), lines);
  }

  @Test
  void drawsLinesInTheirColours() throws IOException {
    write(5000);

    RunReports.drawLossCurve(directory);

    BufferedImage image = ImageIO.read(directory.resolve("loss_curve.png").toFile());
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y) & 0xFFFFFF);
      }
    }
    assertThat(image.getWidth()).isEqualTo(1400);
    assertThat(colours).contains(0x2F6DB5, 0xD9A45B);
  }

  @Test
  void drawsOneStepAndNothingOfNone() throws IOException {
    write(0);
    RunReports.drawLossCurve(directory);
    assertThat(directory.resolve("loss_curve.png")).doesNotExist();

    write(1);
    RunReports.drawLossCurve(directory);
    assertThat(directory.resolve("loss_curve.png")).isNotEmptyFile();
  }
}
