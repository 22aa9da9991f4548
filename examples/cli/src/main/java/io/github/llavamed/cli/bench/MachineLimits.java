package io.github.llavamed.cli.bench;

import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

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
  private static final int FMA_VALUES = 1024;
  private static final int FMA_PASSES = 40_000;
  private static final int FMAS_PER_PASS = 16;

  /** Measures the limits; takes seconds and the memory of a {@link MemoryReader}. */
  static MachineLimits measure(int threads) {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      MemoryReader memory = new MemoryReader(workers, threads);
      double operations = 2.0 * FMA_VALUES * FMA_PASSES * FMAS_PER_PASS * threads;
      return new MachineLimits(
          threads,
          best(memory::bytesPerSecond),
          best(() -> operations / ParallelWork.seconds(workers, threads, part -> multiplyAdd())),
          Int8Product.operationsPerSecond(threads));
    } finally {
      workers.shutdown();
    }
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

  /** Returns the best of several rounds. */
  private static double best(DoubleSupplier round) {
    return DoubleStream.generate(round).limit(ROUNDS).max().orElseThrow();
  }
}
