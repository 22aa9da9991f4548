package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.ShardPlan;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint under construction; they appear together at the end.
 *
 * <p>The index comes last, so that a directory is never loadable with only some of its shards. A
 * replaced index goes first, so that old and new shards never mix. Confined to one thread.
 */
public final class OutputFiles implements AutoCloseable {
  private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

  /** An opened file and where its tensors begin. */
  private record Output(PendingFile file, Map<String, Long> positions) {}

  private final Path directory;
  private final ShardPlan plan;
  private final Map<String, String> metadata;
  private final boolean wholeDirectory;
  private final Map<String, Output> outputs = new LinkedHashMap<>();
  private @Nullable PendingFile index;

  /**
   * Creates nothing yet.
   *
   * @param wholeDirectory whether other weight files of the standard names are replaced too
   */
  public OutputFiles(
      Path directory, ShardPlan plan, Map<String, String> metadata, boolean wholeDirectory) {
    this.directory = directory;
    this.plan = plan;
    this.metadata = metadata;
    this.wholeDirectory = wholeDirectory;
  }

  /** Throws if files exist that would be replaced. */
  public void rejectExisting() throws IOException {
    List<Path> existing = existing();
    if (!existing.isEmpty()) {
      throw new FileAlreadyExistsException(
          existing.get(0).toString(), null, "expected no weights here; allow overwriting them");
    }
  }

  /** Writes all remaining bytes of a buffer at an offset of a tensor. */
  public void write(ShardPlan.Shard shard, String tensor, long byteOffset, ByteBuffer bytes)
      throws IOException {
    Output output = open(shard);
    Long start = output.positions().get(tensor);
    if (start == null) {
      throw new IllegalArgumentException("tensor '" + tensor + "': not in " + shard.fileName());
    }
    output.file().write(start + byteOffset, bytes);
  }

  /** Forces everything to the disk, then gives the files their names. */
  public void publish() throws IOException {
    for (ShardPlan.Shard shard : plan.shards()) {
      open(shard).file().force();
    }
    if (plan.isSharded()) {
      index = PendingFile.create(directory.resolve(ShardPlan.INDEX_NAME));
      index.write(0, ByteBuffer.wrap(ShardIndexText.of(plan).getBytes(StandardCharsets.UTF_8)));
      index.force();
    }
    List<Path> stale = existing();
    if (plan.isSharded()) {
      Files.deleteIfExists(directory.resolve(ShardPlan.INDEX_NAME));
      Files.deleteIfExists(directory.resolve(ShardPlan.SINGLE_NAME));
    }
    publishAll();
    for (Path file : stale) {
      if (!isNew(file)) {
        Files.deleteIfExists(file);
      }
    }
    PendingFile.forceDirectory(directory);
  }

  private void publishAll() throws IOException {
    List<Path> published = new ArrayList<>();
    try {
      for (Output output : outputs.values()) {
        output.file().publish();
        published.add(output.file().target());
      }
      if (index != null) {
        index.publish();
      }
    } catch (IOException e) {
      for (Path file : published) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  private Output open(ShardPlan.Shard shard) throws IOException {
    Output known = outputs.get(shard.fileName());
    if (known != null) {
      return known;
    }
    List<TensorSpec> tensors = shard.tensors();
    SafetensorsLayout layout = SafetensorsLayout.of(tensors, metadata);
    PendingFile file = PendingFile.create(directory.resolve(shard.fileName()));
    outputs.put(shard.fileName(), new Output(file, layout.positions()));
    file.write(0, ByteBuffer.wrap(layout.header()));
    return new Output(file, layout.positions());
  }

  private List<Path> existing() throws IOException {
    if (!wholeDirectory) {
      Path target = directory.resolve(plan.shards().get(0).fileName());
      return Files.exists(target) ? List.of(target) : List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(OutputFiles::isStandard).sorted().toList();
    }
  }

  private static boolean isStandard(Path file) {
    String name = file.getFileName().toString();
    return name.equals(ShardPlan.SINGLE_NAME)
        || name.equals(ShardPlan.INDEX_NAME)
        || SHARD.matcher(name).matches();
  }

  private boolean isNew(Path file) {
    return outputs.containsKey(file.getFileName().toString())
        || plan.isSharded() && file.endsWith(ShardPlan.INDEX_NAME);
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    for (Output output : outputs.values()) {
      output.file().close();
    }
    if (index != null) {
      index.close();
    }
  }
}
