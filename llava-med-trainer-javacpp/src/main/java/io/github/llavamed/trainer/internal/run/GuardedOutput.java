package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns a failure to write into one message that says what a run can go on from.
 *
 * @param outputDir where checkpoints are
 */
record GuardedOutput(Path outputDir) {
  /** Something that writes. */
  @FunctionalInterface
  interface Output {
    void write() throws IOException;
  }

  /**
   * Writes.
   *
   * @param step steps taken by now
   * @param what names the output
   * @throws LlavaMedException if that fails, for instance because the disk is full
   */
  void write(long step, String what, Output output) throws IOException {
    try {
      output.write();
    } catch (IOException e) {
      throw new LlavaMedException(
          "step %d: %s cannot be written: %s; make room or choose another outputDir, and start again: the run goes on from %s"
              .formatted(step, what, reason(e), newestWhole()),
          e);
    }
  }

  private static String reason(IOException failure) {
    String message = failure.getMessage();
    // File system exceptions may have no more than a path for a message.
    return message == null || failure.getClass() != IOException.class
        ? failure.getClass().getSimpleName() + ": " + message
        : message;
  }

  private String newestWhole() throws IOException {
    for (Path checkpoint : new CheckpointFolder(outputDir).list().descendingMap().values()) {
      if (CheckpointFolder.damage(checkpoint).isEmpty()) {
        return checkpoint.toString();
      }
    }
    return "its start, for there is no checkpoint";
  }
}
