package io.github.llavamed.cli.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.concurrent.ExecutorService;

/**
 * Reads more memory than the caches hold, in order, on several threads; confined to one thread.
 *
 * <p>Holds its memory as long as it is reachable.
 */
final class MemoryReader {
  private static final int BUFFER_BYTES = 256 << 20;

  /** Longs that a thread copies at a time: they stay in the first-level cache. */
  private static final int COPIED = 2048;

  private final ExecutorService workers;
  private final int threads;
  private final LongBuffer memory = filled();

  /**
   * Fills the memory.
   *
   * @param workers at least as many as threads; stays the caller's
   */
  MemoryReader(ExecutorService workers, int threads) {
    this.workers = workers;
    this.threads = threads;
  }

  private static LongBuffer filled() {
    LongBuffer memory =
        ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder()).asLongBuffer();
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, i); // Untouched pages are all the same page of zeros.
    }
    return memory;
  }

  /** Reads everything once and returns the bytes per second. */
  double bytesPerSecond() {
    long chunks = BUFFER_BYTES / Long.BYTES / COPIED / threads; // Of each thread.
    double seconds = ParallelWork.seconds(workers, threads, part -> read(part * chunks, chunks));
    return (double) chunks * COPIED * Long.BYTES * threads / seconds;
  }

  /** Copying into an array that stays in the cache reads memory with the widest instructions. */
  private double read(long firstChunk, long chunks) {
    long[] values = new long[COPIED];
    long sum = 0;
    for (long chunk = firstChunk; chunk < firstChunk + chunks; chunk++) {
      memory.get((int) (chunk * COPIED), values);
      sum += values[0] + values[COPIED - 1];
    }
    return sum;
  }
}
