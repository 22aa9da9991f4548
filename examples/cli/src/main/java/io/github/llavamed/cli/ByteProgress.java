package io.github.llavamed.cli;

import io.github.llavamed.weights.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows bytes, rate and remaining time: a moving line on a terminal, else a line every 10 s. */
final class ByteProgress implements ProgressListener {
  private static final long TERMINAL_INTERVAL_NANOS = 200_000_000L;
  private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;
  private static final double MB = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter err;
  private final boolean terminal = System.console() != null;
  private final long start = System.nanoTime();
  private long shown = start;

  ByteProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void onProgress(Progress progress) {
    long now = System.nanoTime();
    boolean done = progress.bytesDone() == progress.bytesTotal();
    long interval = terminal ? TERMINAL_INTERVAL_NANOS : LOG_INTERVAL_NANOS;
    if (now - shown < interval && !(done && terminal)) {
      return;
    }
    shown = now;
    double seconds = (now - start) / NANOS_PER_SECOND;
    double rate = progress.bytesDone() / seconds;
    String line =
        String.format(
            Locale.ROOT,
            "%.0f of %.0f MB, %.0f MB/s, %.0f s left",
            progress.bytesDone() / MB,
            progress.bytesTotal() / MB,
            rate / MB,
            (progress.bytesTotal() - progress.bytesDone()) / rate);
    err.print(
        terminal
            ? "\r" + line + "   " + (done ? System.lineSeparator() : "")
            : line + System.lineSeparator());
    err.flush();
  }
}
