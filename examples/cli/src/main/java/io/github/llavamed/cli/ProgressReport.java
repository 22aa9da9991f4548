package io.github.llavamed.cli;

import io.github.llavamed.eval.generation.AnswerListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Shows on standard error how far a run has come: a bar on a terminal, else a line every 10
 * seconds.
 */
final class ProgressReport implements AnswerListener, AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final PrintWriter err;
  private final boolean shown;
  private final boolean terminal = System.console() != null;
  private final Instant start = Instant.now();
  private Instant lastLine = start;
  private int doneAtStart = -1;
  private @Nullable ProgressBar bar;

  ProgressReport(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  @Override
  public synchronized void onProgress(int done, int total) {
    if (!shown) {
      return;
    }
    if (doneAtStart < 0) {
      doneAtStart = done;
      sayWhatIsThere(done, total);
    }
    if (terminal) {
      bar(total).stepTo(done);
    } else if (Duration.between(lastLine, Instant.now()).compareTo(PAUSE) >= 0) {
      lastLine = Instant.now();
      err.println(line(done, total));
    }
  }

  private void sayWhatIsThere(int done, int total) {
    if (done > 0) {
      err.println(done + " of " + total + " answers are there already");
    }
  }

  private ProgressBar bar(int total) {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("answers")
              .setInitialMax(total)
              .startsFrom(doneAtStart, Duration.ZERO)
              .showSpeed()
              .build();
    }
    return bar;
  }

  private String line(int done, int total) {
    double seconds = Math.max(1e-3, Duration.between(start, Instant.now()).toMillis() / 1000.0);
    double rate = (done - doneAtStart) / seconds;
    String remaining = rate > 0 ? ", " + Math.round((total - done) / rate) + " s remaining" : "";
    return "%d of %d answers, %.2f a second%s".formatted(done, total, rate, remaining);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
