package io.github.llavamed.internal;

/**
 * Lets calls in while something is open, and releases it when it is closed and the last call has
 * left.
 *
 * <p>Safe for concurrent use. Closing never waits, so that a call may close what it uses.
 */
final class UseCount {
  private final String what;
  private final Runnable release;
  private int calls;
  private boolean closed;

  /**
   * Makes an open count.
   *
   * @param what the thing, for messages
   * @param release frees it; called once
   */
  UseCount(String what, Runnable release) {
    this.what = what;
    this.release = release;
  }

  /**
   * Begins a call, which must end with {@link #leave()}.
   *
   * @throws IllegalStateException if it is closed
   */
  synchronized void enter() {
    if (closed) {
      throw new IllegalStateException(what + " is closed");
    }
    calls++;
  }

  /** Ends a call. */
  void leave() {
    boolean last;
    synchronized (this) {
      calls--;
      last = closed && calls == 0;
    }
    if (last) {
      release.run();
    }
  }

  /** Lets nobody in any more; the second time does nothing. */
  void close() {
    boolean last;
    synchronized (this) {
      last = !closed && calls == 0;
      closed = true;
    }
    if (last) {
      release.run();
    }
  }
}
