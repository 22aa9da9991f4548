package io.github.llavamed.weights;

/**
 * Hears how far a weight tool has come.
 *
 * <p>Called on the thread that runs the tool, several times per tensor. An exception that it throws
 * ends the run; nothing is left behind then.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * How far a run has come.
   *
   * @param tensor the tensor that was written last
   * @param bytesDone bytes of tensor data written so far
   * @param bytesTotal bytes of tensor data to write, ≥ {@code bytesDone}
   */
  record Progress(String tensor, long bytesDone, long bytesTotal) {}

  /** Takes note of the progress. */
  void onProgress(Progress progress);

  /** Returns a listener that ignores everything. */
  static ProgressListener none() {
    return progress -> {};
  }
}
