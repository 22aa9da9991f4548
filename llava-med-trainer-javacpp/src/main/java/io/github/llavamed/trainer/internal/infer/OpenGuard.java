package io.github.llavamed.trainer.internal.infer;

import io.github.llavamed.trainer.internal.torch.LibTorch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Keeps native memory alive while it is used: calls run side by side, closing waits for them.
 *
 * <p>Safe for concurrent use.
 */
final class OpenGuard {
  private final String what;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * Creates an open guard.
   *
   * @param what what is guarded, for messages
   */
  OpenGuard(String what) {
    this.what = what;
  }

  /**
   * Runs an action that needs the guarded memory.
   *
   * @throws IllegalStateException if it is closed
   */
  <T> T whileOpen(Supplier<T> action) {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      if (closed) {
        throw new IllegalStateException(what + " is closed");
      }
      return action.get();
    } catch (RuntimeException e) {
      throw LibTorch.translated(e);
    } finally {
      shared.unlock();
    }
  }

  /** Waits for running actions, then runs the closing action; only the first call does anything. */
  void close(Runnable action) {
    Lock exclusive = lock.writeLock();
    exclusive.lock();
    try {
      if (!closed) {
        closed = true;
        action.run();
      }
    } finally {
      exclusive.unlock();
    }
  }
}
