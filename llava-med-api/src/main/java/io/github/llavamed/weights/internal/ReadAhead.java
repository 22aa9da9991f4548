package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.TensorData;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the inputs of a run into memory shortly before they are needed, so that the disk reads
 * while the processor computes.
 *
 * <p>It helps only: what it misses or cannot read is read when needed. Safe for concurrent use; the
 * opener closes it before the inputs.
 */
final class ReadAhead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

  /** Bytes of output for which inputs are fetched at once. */
  private static final long STEP = 8L << 20;

  /**
   * Bytes of output by which inputs are ahead; their pages are the system's, not this process's.
   */
  private static final long DISTANCE = 8 * STEP;

  private final List<TensorRecipe> recipes;
  private final Thread thread = new Thread(this::fetchAll, "read-ahead");
  private long reached;
  private boolean closed;

  private ReadAhead(List<TensorRecipe> recipes) {
    this.recipes = recipes;
  }

  /** Starts to fetch the inputs of recipes, in their order. */
  static ReadAhead of(List<TensorRecipe> recipes) {
    ReadAhead ahead = new ReadAhead(recipes);
    ahead.thread.setDaemon(true);
    ahead.thread.start();
    return ahead;
  }

  /** Takes note of how many bytes of output are done. */
  synchronized void reached(long bytes) {
    reached = bytes;
    notifyAll();
  }

  private void fetchAll() {
    try {
      long start = 0;
      for (TensorRecipe recipe : recipes) {
        long size = recipe.spec().byteSize();
        for (long at = 0; at < size; at += STEP) {
          if (!awaitTurn(start + at)) {
            return;
          }
          fetch(recipe.sources(), (double) at / size, (double) Math.min(at + STEP, size) / size);
        }
        start += size;
      }
    } catch (RuntimeException | InternalError e) { // an unreadable page is an InternalError
      LOG.debug("no further input is read ahead", e);
    }
  }

  /**
   * Waits until a place in the output is near; returns false if that is of no interest any more.
   */
  private synchronized boolean awaitTurn(long place) {
    while (!closed && place > reached + DISTANCE) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    return !closed;
  }

  private static void fetch(List<TensorData> sources, double from, double to) {
    for (TensorData source : sources) {
      long size = source.info().byteSize();
      long begin = (long) (from * size);
      source.prefetch(begin, Math.min(size, (long) Math.ceil(to * size)) - begin);
    }
  }

  /** Ends it; nothing is read once this returns. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
