package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Casts, adds and subtracts stored tensors in one element type, in chunks.
 *
 * <p>Both operands are cast to the type, combined in float32 and rounded to it once. Chunks of
 * large tensors are computed on several threads and handed over in order on the caller's; so the
 * disk and not one core bounds the speed. Confined to one thread; no thread of its own outlives a
 * call.
 */
final class Arithmetic {
  /** More would not be faster than the disk, and each needs buffers. */
  private static final int MOST_THREADS = 4;

  private final DType dtype;
  private final int chunkElements;
  private final int threads;
  private final Deque<ArithmeticLane> idle = new ArrayDeque<>();

  /**
   * Creates the arithmetic of a type.
   *
   * @param dtype F16, BF16 or F32
   */
  Arithmetic(DType dtype, HalfPrecision halves) {
    this.dtype = dtype;
    this.chunkElements = TensorRecipe.CHUNK_BYTES / dtype.byteSize();
    this.threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i <= threads; i++) { // one more, which is being written
      idle.push(new ArithmeticLane(dtype, halves));
    }
  }

  DType dtype() {
    return dtype;
  }

  /** Hands over elements {@code from} … {@code to - 1}, cast to the type. */
  void cast(TensorData source, long from, long to, TensorRecipe.ChunkSink sink) throws IOException {
    inOrder(from, to, (lane, at, count) -> lane.cast(source, at, count), sink);
  }

  /** Hands over {@code source ± other} for the first {@code count} elements of both. */
  void combine(
      TensorData source,
      TensorData other,
      boolean subtract,
      long count,
      TensorRecipe.ChunkSink sink)
      throws IOException {
    inOrder(
        0,
        count,
        (lane, at, elements) -> lane.combine(source, other, subtract, at, elements),
        sink);
  }

  /** Fills a lane's chunk. */
  private interface Computation {
    void compute(ArithmeticLane lane, long at, int count);
  }

  private record Pending(ArithmeticLane lane, Future<?> computed) {}

  private void inOrder(long from, long to, Computation computation, TensorRecipe.ChunkSink sink)
      throws IOException {
    if (to - from <= chunkElements) {
      ArithmeticLane lane = idle.getFirst();
      computation.compute(lane, from, (int) (to - from));
      lane.handOver(sink);
      return;
    }
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    Deque<Pending> pending = new ArrayDeque<>();
    try {
      long next = from;
      while (next < to || !pending.isEmpty()) {
        while (next < to && !idle.isEmpty()) {
          long at = next;
          int count = (int) Math.min(chunkElements, to - next);
          ArithmeticLane lane = idle.pop();
          pending.add(
              new Pending(lane, workers.submit(() -> computation.compute(lane, at, count))));
          next += count;
        }
        Pending oldest = pending.getFirst();
        await(oldest.computed());
        oldest.lane().handOver(sink);
        idle.push(pending.remove().lane());
      }
    } finally {
      release(pending, workers);
    }
  }

  private static void await(Future<?> computed) throws IOException {
    try {
      computed.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException("cannot compute a chunk: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a chunk was computed; run again", e);
    }
  }

  /** After a failure, too, nobody may read the mapped files once this returns. */
  private void release(Deque<Pending> pending, ExecutorService workers) {
    workers.shutdown();
    boolean interrupted = false;
    while (!pending.isEmpty()) {
      try {
        pending.getFirst().computed().get();
        idle.push(pending.remove().lane());
      } catch (ExecutionException e) {
        idle.push(pending.remove().lane()); // the first failure is the one that is thrown
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
