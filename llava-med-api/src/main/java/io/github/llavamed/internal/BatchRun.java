package io.github.llavamed.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Works through a list on a bounded number of threads and keeps the order of the results.
 *
 * <p>The threads take the items one after the other, so that none waits behind a later one. The
 * first failure lets no further item begin. Serves one list.
 */
final class BatchRun<T, R> {
  /** Work on one item. */
  @FunctionalInterface
  interface Task<T, R> {
    /**
     * Works on an item.
     *
     * @param stopped whether the result is not wanted any more
     */
    R run(T item, BooleanSupplier stopped) throws IOException;
  }

  private final List<T> items;
  private final Task<T, R> task;
  private final @Nullable Object[] results;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failedThread = new AtomicReference<>();

  BatchRun(List<T> items, Task<T, R> task) {
    this.items = List.copyOf(items);
    this.task = task;
    this.results = new Object[items.size()];
  }

  /**
   * Returns the results in the order of the items.
   *
   * @param parallelism largest number of threads, ≥ 1
   * @throws IOException the failure of the first item that failed, if it is one
   * @throws InterruptedIOException if the calling thread is interrupted
   */
  List<R> run(int parallelism) throws IOException {
    int threads = Math.min(parallelism, items.size());
    if (threads <= 1) {
      work();
    } else {
      ExecutorService executor = Executors.newFixedThreadPool(threads, BatchRun::thread);
      try {
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          workers.add(executor.submit(this::work));
        }
        awaitAll(workers);
      } finally {
        executor.shutdown();
      }
    }
    return results();
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "llava-med-batch");
    thread.setDaemon(true);
    return thread;
  }

  /** An item that failed, and how. */
  private record Failure(Exception cause) {}

  private void work() {
    while (!stopped.get()) {
      int index = next.getAndIncrement();
      if (index >= items.size()) {
        return;
      }
      try {
        results[index] = task.run(items.get(index), stopped::get);
      } catch (IOException | RuntimeException e) {
        results[index] = new Failure(e);
        stopped.set(true);
      }
    }
  }

  /** Waits even if it is interrupted: what the workers use belongs to the caller. */
  private void awaitAll(List<Future<?>> workers) throws InterruptedIOException {
    boolean interrupted = false;
    for (Future<?> worker : workers) {
      boolean finished = false;
      while (!finished) {
        try {
          worker.get();
          finished = true;
        } catch (InterruptedException e) {
          interrupted = true;
          stopped.set(true);
        } catch (ExecutionException e) {
          finished = true;
          stopped.set(true);
          failedThread.compareAndSet(null, e.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
    if (failedThread.get() instanceof Error error) {
      throw error;
    }
  }

  /** Returns the failure of a batch whose caller was interrupted. */
  static InterruptedIOException interrupted() {
    return new InterruptedIOException("interrupted while waiting for the answers of a batch");
  }

  @SuppressWarnings("unchecked")
  private List<R> results() throws IOException {
    for (Object result : results) {
      if (result instanceof Failure failure) {
        if (failure.cause() instanceof IOException cause) {
          throw cause;
        }
        throw (RuntimeException) failure.cause();
      }
    }
    return (List<R>) List.of(results);
  }
}
