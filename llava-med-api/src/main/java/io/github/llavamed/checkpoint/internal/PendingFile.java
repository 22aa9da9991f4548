package io.github.llavamed.checkpoint.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that grows under a temporary name beside its target and appears whole or not at all.
 *
 * <p>Confined to one thread.
 */
final class PendingFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final Writeback writeback;

  private PendingFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.writeback = new Writeback(channel);
  }

  /** Creates the temporary file. */
  static PendingFile create(Path target) throws IOException {
    // Not Files.createTempFile: it would leave the weights readable by their owner only.
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new PendingFile(target, temporary, channel);
  }

  /** Writes all remaining bytes of a buffer at a position. */
  void write(long position, ByteBuffer bytes) throws IOException {
    long next = position;
    while (bytes.hasRemaining()) {
      next += channel.write(bytes, next);
    }
    writeback.wrote(next - position);
  }

  /** Forces the bytes to the disk. */
  void force() throws IOException {
    writeback.await();
    channel.force(true);
    channel.close();
  }

  /** Gives the file its name, in place of an older one. */
  void publish() throws IOException {
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  Path target() {
    return target;
  }

  /** Removes the temporary file if it was not published. */
  @Override
  public void close() throws IOException {
    writeback.close();
    channel.close();
    Files.deleteIfExists(temporary);
  }

  /** Forces the names of a directory to the disk, where the system can. */
  static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system opens directories; the files themselves are safe already.
    }
  }
}
