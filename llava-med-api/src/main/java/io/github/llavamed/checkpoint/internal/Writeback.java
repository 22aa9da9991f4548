package io.github.llavamed.checkpoint.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Forces what a growing file holds to the disk while more is written, so that little is left at its
 * end. Confined to one thread; one of its own works at times.
 */
public final class Writeback implements AutoCloseable {
  /** Often enough to keep a disk busy, seldom enough not to split its writes. */
  private static final long STEP = 256L << 20;

  private final FileChannel channel;
  private final long step;
  private @Nullable FutureTask<@Nullable Void> running;
  private long unforced;

  /**
   * Creates the writeback of a file.
   *
   * @param channel open for writing; it stays its owner's
   */
  public Writeback(FileChannel channel) {
    this(channel, STEP);
  }

  Writeback(FileChannel channel, long step) {
    this.channel = channel;
    this.step = step;
  }

  /**
   * Takes note of bytes that were written, and forces the file now and then.
   *
   * @throws IOException if bytes that were written before did not reach the disk
   */
  public void wrote(long bytes) throws IOException {
    unforced += bytes;
    if (unforced >= step && (running == null || running.isDone())) {
      await();
      unforced = 0;
      FutureTask<@Nullable Void> task = new FutureTask<>(this::force);
      running = task;
      Thread thread = new Thread(task, "writeback");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private @Nullable Void force() throws IOException {
    channel.force(false);
    return null;
  }

  /**
   * Waits until nothing is under way.
   *
   * @throws IOException if forcing failed; the system reports it but once, so later attempts of the
   *     owner's may succeed although bytes are lost
   */
  public void await() throws IOException {
    FutureTask<@Nullable Void> task = running;
    if (task == null) {
      return;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw new IOException("cannot force the file to the disk: " + e.getCause(), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until nothing is under way, however that ends. */
  @Override
  public void close() {
    try {
      await();
    } catch (IOException e) {
      // The file is given up: nobody relies on its bytes.
    }
  }
}
