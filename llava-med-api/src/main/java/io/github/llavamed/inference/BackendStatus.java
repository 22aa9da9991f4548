package io.github.llavamed.inference;

/**
 * Whether a backend can run here, and why not.
 *
 * @param available true if {@code create} may be called
 * @param detail version and device when available, otherwise the reason and what to do
 */
public record BackendStatus(boolean available, String detail) {
  /** Returns the status of a backend that can run. */
  public static BackendStatus available(String detail) {
    return new BackendStatus(true, detail);
  }

  /** Returns the status of a backend that cannot run, with the reason. */
  public static BackendStatus unavailable(String reason) {
    return new BackendStatus(false, reason);
  }
}
