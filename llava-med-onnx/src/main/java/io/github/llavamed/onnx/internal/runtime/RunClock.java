package io.github.llavamed.onnx.internal.runtime;

/**
 * Adds up the time of the runtime's calls.
 *
 * <p>Confined to one thread at a time.
 */
final class RunClock {
  private long nanos;

  /** Adds the time since a {@link System#nanoTime()}. */
  void addSince(long start) {
    nanos += System.nanoTime() - start;
  }

  /** Returns the sum in nanoseconds. */
  long nanos() {
    return nanos;
  }
}
