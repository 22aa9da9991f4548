package io.github.llavamed.cli.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * One worker process; what it prints comes out line by line with its rank in front.
 *
 * <p>{@link #lastLines} may be called from any thread, the rest from one.
 */
final class Worker {
  private static final int KEPT_LINES = 5;
  private static final int SIGNAL_BASE = 128; // a shell's rule, and the JDK's
  private static final long FLUSH_MILLIS = 2000;
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP",
          2, "SIGINT",
          4, "SIGILL",
          6, "SIGABRT",
          7, "SIGBUS",
          9, "SIGKILL, which the system sends when memory runs out",
          11, "SIGSEGV",
          15, "SIGTERM");

  private final int rank;
  private final Process process;
  private final List<Thread> readers;
  private final Deque<String> last = new ArrayDeque<>();

  private Worker(int rank, Process process, PrintWriter out, PrintWriter err) {
    this.rank = rank;
    this.process = process;
    this.readers =
        List.of(
            reader(process.getInputStream(), out, "out"),
            reader(process.getErrorStream(), err, "err"));
  }

  static Worker start(
      int rank,
      List<String> command,
      Map<String, String> environment,
      PrintWriter out,
      PrintWriter err)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Worker worker = new Worker(rank, builder.start(), out, err);
    worker.process.getOutputStream().close();
    worker.readers.forEach(Thread::start);
    return worker;
  }

  private Thread reader(InputStream stream, PrintWriter to, String name) {
    Thread thread = new Thread(() -> forward(stream, to), "rank-" + rank + "-" + name);
    thread.setDaemon(true);
    return thread;
  }

  private void forward(InputStream stream, PrintWriter to) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
        synchronized (to) {
          to.println("[rank " + rank + "] " + line);
          to.flush();
        }
      }
    } catch (IOException e) {
      keep("(its output cannot be read: " + e.getMessage() + ")");
    }
  }

  private void keep(String line) {
    synchronized (last) {
      last.addLast(line);
      if (last.size() > KEPT_LINES) {
        last.removeFirst();
      }
    }
  }

  int rank() {
    return rank;
  }

  Process process() {
    return process;
  }

  /** Returns what it printed last, joined to one line. */
  String lastLines() {
    synchronized (last) {
      return last.isEmpty() ? "(it printed nothing)" : String.join(" | ", last);
    }
  }

  /** Waits until all that an ended worker printed has come out. */
  void awaitOutput() throws InterruptedException {
    for (Thread reader : readers) {
      reader.join(FLUSH_MILLIS);
    }
  }

  /** Returns how an ended worker ended. */
  String end() {
    int code = process.exitValue();
    String signal = SIGNALS.get(code - SIGNAL_BASE);
    String how = "with code " + code;
    if (signal != null) {
      how = "by signal %d (%s)".formatted(code - SIGNAL_BASE, signal);
    }
    return "rank %d (process %d) ended %s".formatted(rank, process.pid(), how);
  }
}
