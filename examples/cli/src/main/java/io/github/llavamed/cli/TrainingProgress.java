package io.github.llavamed.cli;

import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a training goes, a bar on a terminal and a line every 10 seconds elsewhere, and writes
 * each step's figures as a line of JSON.
 */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;
  private static final int BAR_INTERVAL_MILLIS = 200;
  private static final double MILLION = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter err;
  private final boolean shown;
  private final boolean terminal = System.console() != null;
  private final @Nullable Path metricsFile;
  private long start = System.nanoTime();
  private long lastShown;
  private long firstStep = 1;
  private long lastStep;
  private long totalSteps;
  private @Nullable ProgressBar bar;
  private @Nullable StepLines metrics;

  TrainingProgress(PrintWriter err, boolean shown, @Nullable Path metricsFile) {
    this.err = err;
    this.shown = shown;
    this.metricsFile = metricsFile;
  }

  @Override
  public void started(TrainingPlan plan) {
    start = System.nanoTime();
    firstStep = plan.firstStep();
    lastStep = firstStep - 1;
    totalSteps = plan.totalSteps();
    try {
      metrics = metricsFile == null ? null : StepLines.open(metricsFile, lastStep);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    if (!shown) {
      return;
    }
    if (terminal) {
      ProgressBar shownBar = bar();
      // Short, for lines of 80 characters.
      shownBar.setExtraMessage(figures(step, " loss %.4f, lr %.2g, %.0f tok/s"));
      shownBar.stepTo(step.step());
      lastStep = step.step();
      return;
    }
    long now = System.nanoTime();
    if (step.step() == totalSteps || now - lastShown >= LOG_INTERVAL_NANOS) {
      lastShown = now;
      double perStep = (now - start) / NANOS_PER_SECOND / (step.step() - firstStep + 1);
      err.printf(
          Locale.ROOT,
          "step %d of %d, %s, %.0f s left%n",
          step.step(),
          totalSteps,
          figures(step, "loss %.4f, learning rate %.3g, %.0f tokens/s"),
          perStep * (totalSteps - step.step()));
      err.flush();
    }
  }

  private static String figures(StepMetrics step, String format) {
    return String.format(
        Locale.ROOT, format, step.loss(), step.learningRate(), step.tokensPerSecond());
  }

  private ProgressBar bar() {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("train")
              .setInitialMax(totalSteps)
              .startsFrom(lastStep, Duration.ofNanos(System.nanoTime() - start))
              .setUpdateIntervalMillis(BAR_INTERVAL_MILLIS)
              .build();
    }
    return bar;
  }

  /** Ends the bar's line, so that what is printed next has one of its own; it comes again. */
  private void endBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void saved(long step, Path path) {
    if (shown) {
      endBar();
      err.println("step " + step + " saved in " + path);
    }
  }

  @Override
  public void warned(String message) {
    endBar();
    err.println("warning: " + message);
  }

  private void write(StepMetrics step) {
    if (metrics == null) {
      return;
    }
    try {
      metrics.write(step);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    endBar();
    if (metrics != null) {
      metrics.close();
    }
  }
}
