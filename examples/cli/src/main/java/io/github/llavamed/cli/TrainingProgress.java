package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows how a training goes, and writes each step's figures as a line of JSON. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;
  private static final double MILLION = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter err;
  private final boolean shown;
  private final boolean terminal = System.console() != null;
  private final @Nullable Writer metrics;
  private final long start = System.nanoTime();
  private long lastShown;
  private long firstStep = 1;
  private long totalSteps;

  TrainingProgress(PrintWriter err, boolean shown, @Nullable Path metricsFile) throws IOException {
    this.err = err;
    this.shown = shown;
    this.metrics =
        metricsFile == null ? null : Files.newBufferedWriter(metricsFile, StandardCharsets.UTF_8);
  }

  @Override
  public void started(TrainingPlan plan) {
    firstStep = plan.firstStep();
    totalSteps = plan.totalSteps();
    if (shown) {
      err.printf(
          Locale.ROOT,
          "%d samples, %d steps, from step %d; training %d tensors with %.1f M parameters%n",
          plan.samples(),
          totalSteps,
          firstStep,
          plan.trainable().size(),
          plan.trainableParameters() / MILLION);
    }
  }

  @Override
  public void stepCompleted(StepMetrics step) {
    write(step);
    long now = System.nanoTime();
    boolean last = step.step() == totalSteps;
    if (!shown || (!terminal && !last && now - lastShown < LOG_INTERVAL_NANOS)) {
      return;
    }
    lastShown = now;
    double perStep = (now - start) / NANOS_PER_SECOND / (step.step() - firstStep + 1);
    String line =
        String.format(
            Locale.ROOT,
            "step %d of %d, loss %.4f, learning rate %.3g, %.0f tokens/s, %.0f s left",
            step.step(),
            totalSteps,
            step.loss(),
            step.learningRate(),
            step.tokensPerSecond(),
            perStep * (totalSteps - step.step()));
    err.print(terminal && !last ? "\r" + line + "   " : (terminal ? "\r" : "") + line + "\n");
    err.flush();
  }

  @Override
  public void saved(long step, Path path) {
    if (shown) {
      err.println("step " + step + " saved in " + path);
    }
  }

  @Override
  public void warned(String message) {
    err.println("warning: " + message);
  }

  private void write(StepMetrics step) {
    if (metrics == null) {
      return;
    }
    ObjectNode line = JsonText.object();
    line.put("step", step.step());
    step.samples().forEach(line.putArray("samples")::add);
    step.microLosses().forEach(line.putArray("micro_losses")::add);
    line.put("loss", step.loss());
    line.put("learning_rate", step.learningRate());
    line.put("grad_norm", step.gradNorm());
    line.put("tokens", step.tokens());
    line.put("seconds", step.seconds());
    try {
      metrics.write(JsonText.line(line) + "\n");
      metrics.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (metrics != null) {
      metrics.close();
    }
  }
}
