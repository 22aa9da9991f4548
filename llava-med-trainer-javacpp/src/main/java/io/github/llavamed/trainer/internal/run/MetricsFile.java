package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.training.StepMetrics;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the figures of each step as a line of JSON to {@code metrics.jsonl}. */
final class MetricsFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "metrics.jsonl";

  private final @Nullable BufferedWriter writer;

  private MetricsFile(@Nullable BufferedWriter writer) {
    this.writer = writer;
  }

  /**
   * Opens the file of a run; lines of steps after {@code lastStep}, which are redone, go.
   *
   * @param directory where it lies, or null to write nothing
   */
  static MetricsFile open(@Nullable Path directory, long lastStep) throws IOException {
    if (directory == null) {
      return new MetricsFile(null);
    }
    Files.createDirectories(directory);
    Path file = directory.resolve(NAME);
    List<String> kept = new ArrayList<>();
    if (lastStep > 0 && Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && JSON.readTree(line).path("step").asLong() <= lastStep) {
          kept.add(line);
        }
      }
    }
    BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    for (String line : kept) {
      writer.write(line);
      writer.newLine();
    }
    writer.flush();
    return new MetricsFile(writer);
  }

  void write(StepMetrics metrics) throws IOException {
    if (writer == null) {
      return;
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("step", metrics.step());
    line.put("epoch", metrics.epoch());
    line.put("loss", metrics.loss());
    line.put("learning_rate", metrics.learningRate());
    line.put("grad_norm", metrics.gradNorm());
    line.put("tokens", metrics.tokens());
    line.put("trained_tokens", metrics.trainedTokens());
    line.put("tokens_per_second", metrics.tokensPerSecond());
    line.put("seconds", metrics.seconds());
    metrics.samples().forEach(line.putArray("samples")::add);
    metrics.microLosses().forEach(line.putArray("micro_losses")::add);
    writer.write(JSON.writeValueAsString(line));
    writer.newLine();
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
