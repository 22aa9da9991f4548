package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A read-only file of any size, mapped in windows.
 *
 * <p>The file is closed right after mapping; the mappings go when the garbage collector finds them
 * after {@link #close()} (Java 17 has no safe way to release one earlier). Nothing is read before
 * it is asked for. The file must not be shortened while it is open. Safe for concurrent use.
 */
public final class MappedFile implements AutoCloseable {
  /** Windows begin at multiples of this. */
  private static final int WINDOW_SHIFT = 30;

  private static final long WINDOW = 1L << WINDOW_SHIFT;

  /** Windows reach this far into the next one, so that no element is split. */
  private static final int OVERLAP = 8;

  private final Path path;
  private final long size;
  private volatile ByteBuffer @Nullable [] windows;

  private MappedFile(Path path, long size, ByteBuffer[] windows) {
    this.path = path;
    this.size = size;
    this.windows = windows;
  }

  /** Maps a file. */
  public static MappedFile open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((size + WINDOW - 1) >>> WINDOW_SHIFT)];
      for (int i = 0; i < windows.length; i++) {
        long start = (long) i << WINDOW_SHIFT;
        long length = Math.min(WINDOW + OVERLAP, size - start);
        windows[i] =
            channel
                .map(FileChannel.MapMode.READ_ONLY, start, length)
                .order(ByteOrder.LITTLE_ENDIAN);
      }
      return new MappedFile(path, size, windows);
    }
  }

  /** Returns the path that was opened. */
  public Path path() {
    return path;
  }

  /** Returns the size in bytes. */
  public long size() {
    return size;
  }

  /**
   * Returns a view that begins at {@code position} and holds at most {@code length} bytes: all of
   * them, or what is left of a window, at least 8 unless {@code length} is smaller. Little-endian.
   */
  public ByteBuffer view(long position, long length) {
    ByteBuffer window = window(position, Math.min(length, OVERLAP));
    int start = (int) (position & (WINDOW - 1));
    int count = (int) Math.min(length, window.limit() - start);
    return window.slice(start, count).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fills the remaining space of {@code target} with the bytes from {@code position} on. */
  public void read(long position, ByteBuffer target) {
    long next = position;
    while (target.hasRemaining()) {
      ByteBuffer view = view(next, target.remaining());
      next += view.remaining();
      target.put(view);
    }
  }

  /** Brings {@code length} bytes from {@code position} on into memory. */
  void load(long position, long length) {
    long next = position;
    while (next < position + length) {
      ByteBuffer view = view(next, position + length - next);
      next += view.remaining();
      // Asking costs one call to the system, loading a look at every page.
      if (view instanceof MappedByteBuffer mapped && !mapped.isLoaded()) {
        mapped.load();
      }
    }
  }

  /** Returns a copy of some bytes. */
  public byte[] bytes(long position, int length) {
    byte[] bytes = new byte[length];
    read(position, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Appends the {@code width} bytes (1, 2, 4 or 8) at {@code position} to {@code target}. */
  void copyElement(long position, int width, ByteBuffer target) {
    ByteBuffer window = window(position, width);
    int at = (int) (position & (WINDOW - 1));
    switch (width) {
      case 1 -> target.put(window.get(at));
      case 2 -> target.putShort(window.getShort(at));
      case 4 -> target.putInt(window.getInt(at));
      default -> target.putLong(window.getLong(at));
    }
  }

  /** Returns an exception that blames this file. */
  public MalformedCheckpointException malformed(
      CheckpointRule rule, String where, Object expected, Object found) {
    return new MalformedCheckpointException(
        path, rule, where, String.valueOf(expected), String.valueOf(found));
  }

  /** Throws {@link IllegalStateException} if the file is closed. */
  void checkOpen() {
    if (windows == null) {
      throw closed();
    }
  }

  private ByteBuffer window(long position, long length) {
    ByteBuffer[] current = windows;
    if (current == null) {
      throw closed();
    }
    if (position < 0 || length < 0 || position > size - length || position == size) {
      throw new IndexOutOfBoundsException(
          "%s: %d bytes at %d are outside the file's %d".formatted(path, length, position, size));
    }
    return current[(int) (position >>> WINDOW_SHIFT)];
  }

  private IllegalStateException closed() {
    return new IllegalStateException(path + ": the checkpoint is closed");
  }

  /** Lets go of the mappings. */
  @Override
  public void close() {
    windows = null;
  }
}
