package io.github.llavamed.trainer.internal.report;

import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run writes for people while it goes: on rank 0, for other ranks nothing.
 * Confined to one thread.
 */
public final class RunReports implements AutoCloseable {
  private static final String EVENTS = "runs";

  private final @Nullable MetricsFile metrics;
  private final @Nullable EventFile events;
  private final int loggingSteps;

  private RunReports(@Nullable MetricsFile metrics, @Nullable EventFile events, int loggingSteps) {
    this.metrics = metrics;
    this.events = events;
    this.loggingSteps = loggingSteps;
  }

  /**
   * Opens the files of a run.
   *
   * @param lastStep steps taken before; what was written of later ones goes
   */
  public static RunReports open(TrainingConfig config, long lastStep) throws IOException {
    if (!config.ranks().isMain()) {
      return new RunReports(null, null, config.loggingSteps());
    }
    MetricsFile metrics = MetricsFile.open(config.outputDir(), lastStep);
    EventFile events = null;
    if (config.reports().tensorBoard()) {
      Path given = config.reports().loggingDir();
      Path directory = given == null ? config.outputDir().resolve(EVENTS) : given;
      events = EventFile.open(directory, lastStep + 1, Clock.systemUTC());
    }
    return new RunReports(metrics, events, config.loggingSteps());
  }

  /**
   * Opens the files of a run that is not described by a {@link TrainingConfig}; event files go to
   * {@code runs}, every step is logged.
   *
   * @param lastStep steps taken before; what was written of later ones goes
   */
  public static RunReports open(Path outputDir, long lastStep) throws IOException {
    Path events = outputDir.resolve(EVENTS);
    return new RunReports(
        MetricsFile.open(outputDir, lastStep),
        EventFile.open(events, lastStep + 1, Clock.systemUTC()),
        1);
  }

  /** Writes the figures of a step, if it is one of those that are logged. */
  public void write(StepMetrics step) throws IOException {
    if (step.step() % loggingSteps != 0) {
      return;
    }
    if (metrics != null) {
      metrics.write(step);
    }
    if (events != null) {
      events.write(step);
    }
  }

  /** Draws the loss curve of a run that has ended, from its metrics file. */
  public static void drawLossCurve(Path outputDir) throws IOException {
    LossCurve.draw(outputDir.resolve(MetricsFile.NAME), outputDir);
  }

  @Override
  public void close() throws IOException {
    if (metrics != null) {
      metrics.close();
    }
    if (events != null) {
      events.close();
    }
  }
}
