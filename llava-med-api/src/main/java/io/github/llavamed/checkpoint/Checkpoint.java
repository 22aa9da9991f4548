package io.github.llavamed.checkpoint;

import io.github.llavamed.checkpoint.internal.CheckpointDirectory;
import io.github.llavamed.checkpoint.internal.FileKind;
import io.github.llavamed.checkpoint.internal.ShardIndex;
import io.github.llavamed.checkpoint.internal.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a checkpoint on disk: safetensors or torch files, single or sharded.
 *
 * <p>Opening reads and checks headers only. Data are mapped and read when asked for, whatever their
 * size. Nothing in a file is executed. The files must not be changed while the checkpoint is open.
 *
 * <p>Safe for concurrent use. The opener closes it; the mapped memory, which is not heap, is given
 * back by the garbage collector some time after {@link #close()}.
 */
public final class Checkpoint implements TensorSource, AutoCloseable {
  private final Path source;
  private final List<TensorFile> files;
  private final Map<String, TensorData> data;
  private final Map<String, TensorInfo> tensors;
  private final Map<String, String> metadata;
  private volatile boolean closed;

  private Checkpoint(Path source, Collection<TensorFile> files) {
    this.source = source;
    this.files = List.copyOf(files);
    Map<String, TensorData> byName = new LinkedHashMap<>();
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    Map<String, String> strings = new LinkedHashMap<>();
    for (TensorFile file : files) {
      byName.putAll(file.tensors());
      file.tensors().forEach((name, tensor) -> infos.put(name, tensor.info()));
      file.metadata().forEach(strings::putIfAbsent);
    }
    this.data = byName;
    this.tensors = Collections.unmodifiableMap(infos);
    this.metadata = Collections.unmodifiableMap(strings);
  }

  /** Opens a checkpoint within the default limits; see {@link #open(Path, CheckpointLimits)}. */
  public static Checkpoint open(Path fileOrDirectory) throws IOException {
    return open(fileOrDirectory, CheckpointLimits.defaults());
  }

  /**
   * Opens a checkpoint.
   *
   * @param fileOrDirectory a weight file ({@code .safetensors}, {@code .bin}, {@code .pt}, {@code
   *     .pth}, {@code .ckpt}), an index ({@code .index.json}), or a directory. In a directory the
   *     first that exists of {@code model.safetensors}, {@code model.safetensors.index.json},
   *     {@code pytorch_model.bin}, {@code pytorch_model.bin.index.json}, {@code
   *     open_clip_model.safetensors}, {@code open_clip_pytorch_model.bin} is taken, otherwise its
   *     only weight file; adapters, projectors and trainer states are read only when named
   * @param limits what the files may ask for
   * @throws IOException if a file does not exist or cannot be read
   * @throws MalformedCheckpointException if a file breaks a rule of its format
   */
  public static Checkpoint open(Path fileOrDirectory, CheckpointLimits limits) throws IOException {
    Path source =
        Files.isDirectory(fileOrDirectory)
            ? CheckpointDirectory.choose(fileOrDirectory)
            : fileOrDirectory;
    Optional<FileKind> sharded = FileKind.ofIndex(String.valueOf(source.getFileName()));
    if (sharded.isPresent()) {
      return new Checkpoint(source, ShardIndex.open(source, sharded.get(), limits).values());
    }
    return new Checkpoint(source, List.of(FileKind.open(source, limits)));
  }

  /** Returns the file that was opened: the weight file, or the index of the shards. */
  public Path source() {
    return source;
  }

  /** Returns the weight files, in the order of their names. */
  public List<Path> files() {
    return files.stream().map(file -> file.bytes().path()).toList();
  }

  /**
   * Returns the tensors by name: shards in the order of their names, within a file in the order of
   * the data (safetensors) or of the stored dictionary (torch). Tensors of nested dictionaries are
   * named {@code outer.inner}.
   *
   * @throws IllegalStateException if the checkpoint is closed
   */
  @Override
  public Map<String, TensorInfo> tensors() {
    checkOpen();
    return tensors;
  }

  /**
   * Returns the data of a tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws IllegalStateException if the checkpoint is closed
   */
  @Override
  public TensorData tensor(String name) {
    checkOpen();
    TensorData tensor = data.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "tensor '%s': not among the %d of %s".formatted(name, data.size(), source));
    }
    return tensor;
  }

  /**
   * Returns the free-form strings of safetensors files, empty for torch files. Where shards
   * disagree, the first one counts.
   *
   * @throws IllegalStateException if the checkpoint is closed
   */
  public Map<String, String> metadata() {
    checkOpen();
    return metadata;
  }

  /** Lets go of the files; every other reading method then throws. Idempotent. */
  @Override
  public void close() {
    closed = true;
    files.forEach(TensorFile::close);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(source + ": the checkpoint is closed");
    }
  }
}
