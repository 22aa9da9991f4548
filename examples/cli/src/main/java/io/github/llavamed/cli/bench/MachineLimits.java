package io.github.llavamed.cli.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the machine can do at most: the best of several rounds.
 *
 * @param threads threads that ran at once
 * @param readBytesPerSecond reading memory in order in Java, far larger than the caches
 * @param fp32OperationsPerSecond fused multiply-adds in Java on values in the cache, two operations
 *     each
 * @param int8OperationsPerSecond one large product of bytes in ONNX Runtime, alone; empty where it
 *     does not run
 */
public record MachineLimits(
    int threads,
    double readBytesPerSecond,
    double fp32OperationsPerSecond,
    OptionalDouble int8OperationsPerSecond) {
  private static final int ROUNDS = 8;
  private static final int BUFFER_BYTES = 512 << 20;

  /** Longs that a thread copies at a time: they stay in the first-level cache. */
  private static final int COPIED = 2048;

  private static final int FMA_VALUES = 1024;
  private static final int FMA_PASSES = 40_000;
  private static final int FMAS_PER_PASS = 16;

  /** Measures the limits; takes seconds and {@code BUFFER_BYTES} of direct memory. */
  static MachineLimits measure(int threads) {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      long chunksPerThread = BUFFER_BYTES / Long.BYTES / COPIED / threads;
      LongBuffer memory = filled();
      double read =
          best(workers, threads, part -> read(memory, part * chunksPerThread, chunksPerThread));
      double fma = best(workers, threads, part -> multiplyAdd());
      return new MachineLimits(
          threads,
          (double) chunksPerThread * COPIED * Long.BYTES * threads / read,
          2.0 * FMA_VALUES * FMA_PASSES * FMAS_PER_PASS * threads / fma,
          Int8Product.operationsPerSecond(threads));
    } finally {
      workers.shutdown();
    }
  }

  private static LongBuffer filled() {
    LongBuffer memory =
        ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder()).asLongBuffer();
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, i); // Untouched pages are all the same page of zeros.
    }
    return memory;
  }

  /** Copying into an array that stays in the cache reads memory with the widest instructions. */
  private static double read(LongBuffer memory, long firstChunk, long chunks) {
    long[] values = new long[COPIED];
    long sum = 0;
    for (long chunk = firstChunk; chunk < firstChunk + chunks; chunk++) {
      memory.get((int) (chunk * COPIED), values);
      sum += values[0] + values[COPIED - 1];
    }
    return sum;
  }

  private static double multiplyAdd() {
    float[] values = new float[FMA_VALUES];
    for (int pass = 0; pass < FMA_PASSES; pass++) {
      pass(values);
    }
    return values[0];
  }

  /** Independent chains, which the compiler turns into vectors. */
  private static void pass(float[] values) {
    float a = 0.999f;
    float b = 0.001f;
    for (int i = 0; i < values.length; i++) {
      float x = values[i];
      x = Math.fma(Math.fma(Math.fma(Math.fma(x, a, b), a, b), a, b), a, b);
      x = Math.fma(Math.fma(Math.fma(Math.fma(x, a, b), a, b), a, b), a, b);
      x = Math.fma(Math.fma(Math.fma(Math.fma(x, a, b), a, b), a, b), a, b);
      x = Math.fma(Math.fma(Math.fma(Math.fma(x, a, b), a, b), a, b), a, b);
      values[i] = x;
    }
  }

  /** What one thread does; the result only keeps the compiler from dropping the work. */
  private interface Work {
    double run(int part);
  }

  /** Returns the seconds of the fastest round. */
  private static double best(ExecutorService workers, int threads, Work work) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      List<Future<Double>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int part = i;
        parts.add(workers.submit(() -> work.run(part)));
      }
      parts.forEach(MachineLimits::await);
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
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
