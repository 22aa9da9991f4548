package io.github.llavamed.onnx.internal.graph;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Writes the external data file of a graph: one weight after the other, each on a page boundary so
 * that the runtime can map it, hashed while it is written.
 *
 * <p>Confined to one thread. The creator closes it.
 */
public final class ExternalDataWriter implements Closeable {
  /** Alignment of every weight in bytes: the page size of the common systems. */
  static final int ALIGNMENT = 4096;

  private static final int BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final MessageDigest digest = Sha256.newDigest();
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long position;

  /**
   * Where a weight lies in the file.
   *
   * @param offset first byte
   * @param length number of bytes
   */
  public record Entry(long offset, long length) {}

  private ExternalDataWriter(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Creates the file.
   *
   * @throws IOException if it exists or cannot be written
   */
  public static ExternalDataWriter create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new ExternalDataWriter(file, channel);
  }

  /** Returns the file's name, as graphs refer to it. */
  public String fileName() {
    return String.valueOf(file.getFileName());
  }

  /** Appends a matrix as little-endian float32 on the next page boundary. */
  public Entry append(RowSource source) throws IOException {
    align();
    long offset = position;
    float[] row = new float[source.columns()];
    for (long r = 0; r < source.rows(); r++) {
      source.readRow(r, row);
      writeFloats(row);
    }
    return new Entry(offset, position - offset);
  }

  /** Appends bytes as they are on the next page boundary. */
  public Entry append(byte[] bytes) throws IOException {
    align();
    long offset = position;
    int done = 0;
    while (done < bytes.length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(bytes.length - done, buffer.remaining());
      buffer.put(bytes, done, count);
      position += count;
      done += count;
    }
    return new Entry(offset, position - offset);
  }

  private void writeFloats(float[] values) throws IOException {
    int done = 0;
    while (done < values.length) {
      if (buffer.remaining() < Float.BYTES) {
        flush();
      }
      int count = Math.min(values.length - done, buffer.remaining() / Float.BYTES);
      buffer.asFloatBuffer().put(values, done, count);
      buffer.position(buffer.position() + count * Float.BYTES);
      position += (long) count * Float.BYTES;
      done += count;
    }
  }

  private void align() throws IOException {
    while (position % ALIGNMENT != 0) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.put((byte) 0);
      position++;
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    digest.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /**
   * Writes what is left and returns the SHA-256 of the file in lower-case hex. Nothing may be
   * appended afterwards.
   */
  public String finish() throws IOException {
    flush();
    channel.force(true);
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
