package io.github.llavamed.onnx.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one exporter at a time work on one export, among threads and processes.
 *
 * <p>The operating system frees the lock of a process that dies. The lock file stays: removing it
 * would let two exporters lock two different files of the same name.
 */
public final class ExportLock implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ExportLock.class);
  private static final long RETRY_MILLIS = 50;

  private final FileChannel channel;

  private ExportLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits until the lock is free and takes it; the caller closes it. */
  public static ExportLock acquire(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      boolean said = false;
      while (tryLock(channel) == null) {
        if (!said) {
          LOG.info("waiting for another exporter that holds {}", file);
          said = true;
        }
        Thread.sleep(RETRY_MILLIS);
      }
      return new ExportLock(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      channel.close();
      throw new InterruptedIOException("interrupted while waiting for " + file);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Held by another thread of this process.
    }
  }

  /** Frees the lock. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
