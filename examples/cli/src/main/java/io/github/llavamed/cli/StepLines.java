package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.training.StepMetrics;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The file of {@code --metrics-file}: a line of JSON for each step. */
final class StepLines implements AutoCloseable {
  private final Writer writer;

  private StepLines(Writer writer) {
    this.writer = writer;
  }

  /**
   * Opens the file. A run that goes on keeps the lines of the steps before; a run that begins
   * replaces the file.
   *
   * @param lastStep steps taken before
   */
  static StepLines open(Path file, long lastStep) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // A pipe or device takes lines as they come.
      return new StepLines(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    }
    Path partial = file.resolveSibling("." + file.getFileName() + ".partial");
    Files.write(partial, lastStep > 0 && Files.exists(file) ? kept(file, lastStep) : List.of());
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    return new StepLines(
        Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND));
  }

  private static List<String> kept(Path file, long lastStep) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (isUpTo(lastStep, line)) {
        kept.add(line);
      }
    }
    return kept;
  }

  /** A run that was killed may have left its last line unfinished. */
  private static boolean isUpTo(long lastStep, String line) {
    try {
      long step = JsonText.object(line, "metrics file").path("step").asLong();
      return step > 0 && step <= lastStep;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  void write(StepMetrics step) throws IOException {
    ObjectNode line = JsonText.object();
    line.put("step", step.step());
    step.samples().forEach(line.putArray("samples")::add);
    step.microLosses().forEach(line.putArray("micro_losses")::add);
    line.put("loss", step.loss());
    line.put("learning_rate", step.learningRate());
    line.put("grad_norm", step.gradNorm());
    line.put("tokens", step.tokens());
    line.put("trained_tokens", step.trainedTokens());
    line.put("seconds", step.seconds());
    line.put("memory_bytes", step.memoryBytes());
    writer.write(JsonText.line(line) + "\n");
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
