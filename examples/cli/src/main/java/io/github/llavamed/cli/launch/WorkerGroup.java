package io.github.llavamed.cli.launch;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The workers of this machine: all run to their end, or none goes on.
 *
 * <p>When one fails the others are ended, and so they are when this process is told to end. A
 * worker whose launcher was killed ends by itself ({@link LauncherWatch}).
 */
public final class WorkerGroup implements AutoCloseable {
  private static final long ENDING_SECONDS = 10;

  private final List<Worker> workers = new ArrayList<>();
  private final BlockingQueue<Worker> ended = new LinkedBlockingQueue<>();
  private final Thread hook = new Thread(this::stop, "end-workers");
  private volatile boolean stopping;

  private WorkerGroup() {}

  /**
   * Starts the workers.
   *
   * @param command what each of them runs
   */
  public static WorkerGroup start(
      WorkerLayout layout, List<String> command, PrintWriter out, PrintWriter err)
      throws IOException {
    WorkerGroup group = new WorkerGroup();
    Runtime.getRuntime().addShutdownHook(group.hook);
    try {
      for (int local = 0; local < layout.perNode(); local++) {
        Worker worker =
            Worker.start(layout.rank(local), command, layout.environment(local), out, err);
        group.add(worker);
      }
      return group;
    } catch (IOException | RuntimeException e) {
      group.close();
      throw e;
    }
  }

  private void add(Worker worker) {
    synchronized (workers) {
      workers.add(worker);
    }
    worker.process().onExit().thenRun(() -> ended.add(worker));
  }

  /** Returns the workers' process ids by local rank. */
  public List<Long> processIds() {
    synchronized (workers) {
      return workers.stream().map(worker -> worker.process().pid()).toList();
    }
  }

  /**
   * Waits until all workers are done.
   *
   * @throws LlavaMedException if one failed; the others are ended by then
   * @throws InterruptedException if this process is told to end, and so are they
   */
  public void await() throws InterruptedException {
    int count = processIds().size();
    for (int i = 0; i < count; i++) {
      Worker worker = ended.take();
      worker.awaitOutput();
      if (stopping) {
        throw new InterruptedException();
      }
      if (worker.process().exitValue() != 0) {
        endAll();
        throw new LlavaMedException(
            "%s, so the other %d were ended; checkpoints are as they were, and the same command goes on from the newest; its last lines: %s"
                .formatted(worker.end(), count - 1, worker.lastLines()));
      }
    }
  }

  private void stop() {
    stopping = true;
    endAll();
  }

  /** Asks all workers to end, and ends those that do not. */
  private void endAll() {
    List<Worker> all;
    synchronized (workers) {
      all = List.copyOf(workers);
    }
    all.forEach(worker -> worker.process().destroy());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ENDING_SECONDS);
    for (Worker worker : all) {
      try {
        long left = Math.max(0, deadline - System.nanoTime());
        if (!worker.process().waitFor(left, TimeUnit.NANOSECONDS)) {
          worker.process().destroyForcibly();
        }
      } catch (InterruptedException e) {
        worker.process().destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the workers that still run. */
  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the hook with it.
      return;
    }
  }
}
