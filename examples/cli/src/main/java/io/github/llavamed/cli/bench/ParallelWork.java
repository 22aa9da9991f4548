package io.github.llavamed.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Times the same work on several threads at once. */
final class ParallelWork {
  private ParallelWork() {}

  /** What one thread does; the result only keeps the compiler from dropping the work. */
  interface Part {
    double run(int part);
  }

  /** Runs all parts and returns the seconds until the last has ended. */
  static double seconds(ExecutorService workers, int threads, Part work) {
    long start = System.nanoTime();
    List<Future<Double>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int part = i;
      parts.add(workers.submit(() -> work.run(part)));
    }
    parts.forEach(ParallelWork::await);
    return (System.nanoTime() - start) / 1e9;
  }

  private static void await(Future<Double> part) {
    try {
      part.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring the machine", e);
    }
  }
}
