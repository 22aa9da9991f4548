package io.github.llavamed.eval.internal.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * A JSON lines file that only grows, line by line, and survives the end of the process at any byte.
 *
 * <p>Opening it cuts off a line that was not written to its end. Holds a lock on the file, so that
 * two runs cannot mix their lines. Confined to one thread.
 */
public final class AppendLog implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final List<JsonFiles.Line> lines;

  private AppendLog(Path file, FileChannel channel, List<JsonFiles.Line> lines) {
    this.file = file;
    this.channel = channel;
    this.lines = List.copyOf(lines);
  }

  /**
   * Opens a file, which is made if need be with its folder.
   *
   * @param overwrite whether lines that are there are thrown away
   * @throws EvaluationException if another run has it open, or a line that is not the last is
   *     broken
   */
  public static AppendLog open(Path file, boolean overwrite, EvaluationOptions options)
      throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel, file);
      if (overwrite) {
        channel.truncate(0);
      }
      String text = repaired(channel, file, options);
      channel.position(channel.size());
      return new AppendLog(file, channel, new JsonFiles(options).lines(text, file.toString()));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel, Path file) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false;
    }
    if (!locked) {
      throw new EvaluationException(
          file + ": expected to be the only run on this file, found another; wait for it");
    }
  }

  /** Cuts off what follows the last line end, unless only the line end is missing. */
  private static String repaired(FileChannel channel, Path file, EvaluationOptions options)
      throws IOException {
    byte[] bytes = content(channel, file, options);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    byte[] tail = Arrays.copyOfRange(bytes, end, bytes.length);
    if (tail.length > 0 && isObject(tail, file, options)) {
      channel.position(bytes.length);
      write(channel, "\n");
      end = bytes.length;
    } else {
      channel.truncate(end);
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /** Read through the channel: where locks are mandatory, no other way is open. */
  private static byte[] content(FileChannel channel, Path file, EvaluationOptions options)
      throws IOException {
    long size = channel.size();
    long limit = Math.min(options.limits().maxFileBytes(), Integer.MAX_VALUE - 8L);
    if (size > limit) {
      throw new EvaluationException(
          file + ": expected a file of at most " + limit + " bytes, found " + size);
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
    channel.position(0);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // Reads on until the file or the buffer ends.
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static boolean isObject(byte[] tail, Path file, EvaluationOptions options) {
    try {
      String text = new String(tail, StandardCharsets.UTF_8);
      return new PythonJson(options.limits()).parse(text, file.toString()).isObject();
    } catch (EvaluationException e) {
      return false;
    }
  }

  /** Returns the lines that were there when the file was opened. */
  public List<JsonFiles.Line> lines() {
    return lines;
  }

  /** Writes one line; it is with the operating system when the method returns. */
  public void append(ObjectNode line) throws IOException {
    if (!channel.isOpen()) {
      throw new IllegalStateException(file + " is closed");
    }
    write(channel, PythonJson.line(line) + "\n");
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
