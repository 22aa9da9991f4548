package io.github.llavamed.checkpoint;

import io.github.llavamed.checkpoint.internal.ElementCodec;
import io.github.llavamed.checkpoint.internal.OutputFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors files, single or sharded, from tensors that are declared up front.
 *
 * <pre>{@code
 * try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, specs).open()) {
 *   for (TensorInfo info : source.tensors().values()) {
 *     writer.copy(info.name(), source.tensor(info.name()));
 *   }
 *   writer.commit();
 * }
 * }</pre>
 *
 * <p>Tensors may come in any order and in pieces; nothing but a piece is held in memory. Files grow
 * under temporary names and appear with {@link #commit()}, forced to the disk and whole; {@link
 * #close()} without it removes them. Equal tensors and metadata give the same bytes as the
 * safetensors library. Confined to one thread.
 */
public final class CheckpointWriter implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;

  /** A declared tensor, its file, and how many of its bytes have come. */
  private static final class Progress {
    final TensorSpec spec;
    final ShardPlan.Shard shard;
    long written;

    Progress(TensorSpec spec, ShardPlan.Shard shard) {
      this.spec = spec;
      this.shard = shard;
    }

    long left() {
      return spec.byteSize() - written;
    }
  }

  private final ShardPlan plan;
  private final OutputFiles files;
  private final Map<String, Progress> progress = new LinkedHashMap<>();
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private boolean finished;

  private CheckpointWriter(ShardPlan plan, OutputFiles files) {
    this.plan = plan;
    this.files = files;
    for (ShardPlan.Shard shard : plan.shards()) {
      for (TensorSpec tensor : shard.tensors()) {
        progress.put(tensor.name(), new Progress(tensor, shard));
      }
    }
  }

  /**
   * Returns a builder for {@code model.safetensors}, or shards with an index, in a directory that
   * is created if need be.
   *
   * @param tensors what will be written, in the order in which shards are filled
   */
  public static Builder toDirectory(Path directory, List<TensorSpec> tensors) {
    return new Builder(directory, "", tensors);
  }

  /** Returns a builder for one file of any name, whatever its size. */
  public static Builder toFile(Path file, List<TensorSpec> tensors) {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw new IllegalArgumentException("expected a file, found the root " + file);
    }
    return new Builder(directory, absolute.getFileName().toString(), tensors);
  }

  /** Returns how tensors would be spread over files; see {@link ShardPlan#of}. */
  public static ShardPlan planShards(List<TensorSpec> tensors, long maxShardBytes) {
    return ShardPlan.of(tensors, maxShardBytes);
  }

  /** Returns which tensor goes to which file. */
  public ShardPlan plan() {
    return plan;
  }

  /**
   * Appends raw little-endian bytes to a tensor; all remaining bytes of the buffer are taken.
   *
   * @throws IllegalArgumentException if the tensor was not declared or has no room for them
   * @throws IllegalStateException if the writer is committed or closed
   */
  public void append(String name, ByteBuffer bytes) throws IOException {
    Progress tensor = find(name);
    int count = bytes.remaining();
    checkRoom(tensor, count);
    files.write(tensor.shard, name, tensor.written, bytes);
    tensor.written += count;
  }

  /**
   * Appends floats to a tensor, rounded to nearest, ties to even.
   *
   * @throws IllegalArgumentException if the tensor was not declared, is not of a floating-point
   *     type, or has no room for them
   * @throws IllegalStateException if the writer is committed or closed
   */
  public void append(String name, float[] values, int offset, int count) throws IOException {
    Progress tensor = find(name);
    DType dtype = tensor.spec.dtype();
    checkRoom(tensor, (long) count * dtype.byteSize());
    int step = CHUNK_BYTES / dtype.byteSize();
    for (int done = 0; done < count; ) {
      int elements = Math.min(step, count - done);
      ElementCodec.narrow(dtype, values, offset + done, elements, chunk.clear());
      append(name, chunk.flip());
      done += elements;
    }
  }

  /** Appends all floats of an array; see {@link #append(String, float[], int, int)}. */
  public void append(String name, float[] values) throws IOException {
    append(name, values, 0, values.length);
  }

  /**
   * Copies a whole stored tensor. Of another type, it is widened to float and rounded to the
   * declared one; of the same type, its bits are kept.
   *
   * @throws IllegalArgumentException if the tensor was not declared, has another shape, or one of
   *     two different types is not a floating-point type
   * @throws IllegalStateException if the writer is committed or closed, or part of the tensor came
   */
  public void copy(String name, TensorData source) throws IOException {
    TensorSpec spec = find(name).spec;
    TensorInfo info = source.info();
    if (!info.shape().equals(spec.shape())) {
      throw new IllegalArgumentException(
          "tensor '%s': declared as %s, found %s".formatted(name, spec.shape(), info.shape()));
    }
    if (find(name).written > 0) {
      throw new IllegalStateException("tensor '" + name + "': part of it was appended before");
    }
    if (info.dtype() == spec.dtype()) {
      copyBytes(name, source);
    } else if (info.dtype().isFloatingPoint() && spec.dtype().isFloatingPoint()) {
      copyFloats(name, source);
    } else {
      throw new IllegalArgumentException(
          "tensor '%s': %s cannot be stored as %s".formatted(name, info.dtype(), spec.dtype()));
    }
  }

  private void copyBytes(String name, TensorData source) throws IOException {
    long size = source.info().byteSize();
    for (long done = 0; done < size; ) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, size - done));
      source.readBytes(done, chunk);
      done += chunk.position();
      append(name, chunk.flip());
    }
  }

  private void copyFloats(String name, TensorData source) throws IOException {
    long size = source.info().shape().elementCount();
    float[] values = new float[(int) Math.min(CHUNK_BYTES / Float.BYTES, size)];
    for (long done = 0; done < size; ) {
      int count = (int) Math.min(values.length, size - done);
      source.readFloats(done, values, 0, count);
      append(name, values, 0, count);
      done += count;
    }
  }

  /**
   * Forces the files to the disk and gives them their names, the index last. Afterwards the writer
   * only closes.
   *
   * @throws IllegalStateException if a tensor is not complete
   * @throws IOException if writing fails; no new file is left then
   */
  public void commit() throws IOException {
    checkUnfinished();
    List<String> incomplete =
        progress.values().stream()
            .filter(tensor -> tensor.left() > 0)
            .map(tensor -> tensor.spec.name())
            .toList();
    if (!incomplete.isEmpty()) {
      throw new IllegalStateException(
          "%d of %d tensors are not complete: %s"
              .formatted(
                  incomplete.size(),
                  progress.size(),
                  incomplete.subList(0, Math.min(5, incomplete.size()))));
    }
    finished = true;
    files.publish();
  }

  /** Removes what was not committed. Idempotent. */
  @Override
  public void close() throws IOException {
    finished = true;
    files.close();
  }

  private Progress find(String name) {
    checkUnfinished();
    Progress tensor = progress.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor '" + name + "': not declared to this writer");
    }
    return tensor;
  }

  private static void checkRoom(Progress tensor, long bytes) {
    if (bytes > tensor.left()) {
      throw new IllegalArgumentException(
          "tensor '%s': expected at most %d more bytes of %d, found %d"
              .formatted(tensor.spec.name(), tensor.left(), tensor.spec.byteSize(), bytes));
    }
  }

  private void checkUnfinished() {
    if (finished) {
      throw new IllegalStateException("the checkpoint writer is committed or closed");
    }
  }

  /** Settings of a writer. Confined to one thread. */
  public static final class Builder {
    private final Path directory;
    private final String fileName;
    private final List<TensorSpec> tensors;
    private long maxShardBytes = ShardPlan.DEFAULT_MAX_SHARD_BYTES;
    private Map<String, String> metadata = Map.of("format", "pt");
    private boolean overwrite;

    private Builder(Path directory, String fileName, List<TensorSpec> tensors) {
      this.directory = directory;
      this.fileName = fileName;
      this.tensors = List.copyOf(tensors);
    }

    /** Sets the bytes of data per shard of a directory, default 5·10⁹; a file is never split. */
    public Builder maxShardBytes(long bytes) {
      maxShardBytes = bytes;
      return this;
    }

    /** Sets the free-form strings of each file, default {@code format} = {@code pt}. */
    public Builder metadata(Map<String, String> strings) {
      metadata = new LinkedHashMap<>(strings);
      return this;
    }

    /**
     * Sets whether existing weights are replaced, default false. In a directory these are {@code
     * model.safetensors}, its index and all numbered shards; they go with {@link #commit()}.
     */
    public Builder overwrite(boolean allowed) {
      overwrite = allowed;
      return this;
    }

    /**
     * Creates the writer, and the directory if need be.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there are weights and overwriting was not
     *     allowed
     * @throws IllegalArgumentException if two tensors have the same name
     */
    public CheckpointWriter open() throws IOException {
      boolean wholeDirectory = fileName.isEmpty();
      ShardPlan plan = ShardPlan.of(tensors, wholeDirectory ? maxShardBytes : Long.MAX_VALUE);
      if (!wholeDirectory) {
        plan = new ShardPlan(List.of(new ShardPlan.Shard(fileName, tensors)));
      }
      Files.createDirectories(directory);
      OutputFiles files = new OutputFiles(directory, plan, metadata, wholeDirectory);
      if (!overwrite) {
        files.rejectExisting();
      }
      return new CheckpointWriter(plan, files);
    }
  }
}
