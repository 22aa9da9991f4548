package io.github.llavamed.trainer.internal.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.training.StepMetrics;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes the figures of each step as a line of JSON to {@code metrics.jsonl}. */
final class MetricsFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final String NAME = "metrics.jsonl";

  private final BufferedWriter writer;

  private MetricsFile(BufferedWriter writer) {
    this.writer = writer;
  }

  /**
   * Opens the file of a run; lines of steps after {@code lastStep}, which are redone, go.
   *
   * @param directory where it lies
   */
  static MetricsFile open(Path directory, long lastStep) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(NAME);
    Path partial = directory.resolve("." + NAME + ".partial");
    Files.write(partial, lastStep > 0 && Files.exists(file) ? kept(file, lastStep) : List.of());
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    BufferedWriter writer =
        Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    return new MetricsFile(writer);
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

  /** A process that was killed may have left its last line unfinished. */
  private static boolean isUpTo(long lastStep, String line) {
    try {
      long step = JSON.readTree(line).path("step").asLong();
      return step > 0 && step <= lastStep;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  void write(StepMetrics metrics) throws IOException {
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
    line.put("memory_bytes", metrics.memoryBytes());
    metrics.samples().forEach(line.putArray("samples")::add);
    metrics.microLosses().forEach(line.putArray("micro_losses")::add);
    writer.write(JSON.writeValueAsString(line));
    writer.newLine();
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
