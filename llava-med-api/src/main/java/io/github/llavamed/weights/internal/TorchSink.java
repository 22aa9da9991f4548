package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.ShardPlan;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes torch archives, single or sharded with an index. Confined to one thread. */
final class TorchSink implements TensorSink {
  private static final String SINGLE_NAME = "pytorch_model.bin";
  private static final String INDEX_NAME = "pytorch_model.bin.index.json";

  private final Path directory;
  private final ShardPlan plan;
  private final Map<String, ShardPlan.Shard> shardOf = new HashMap<>();
  private final Deque<ShardPlan.Shard> unopened;
  private ShardPlan.@Nullable Shard current;
  private @Nullable TorchArchiveWriter writer;

  private TorchSink(Path directory, ShardPlan plan) {
    this.directory = directory;
    this.plan = plan;
    this.unopened = new ArrayDeque<>(plan.shards());
    for (ShardPlan.Shard shard : plan.shards()) {
      shard.tensors().forEach(tensor -> shardOf.put(tensor.name(), shard));
    }
  }

  static TorchSink toDirectory(Path directory, List<TensorSpec> tensors, long maxShardBytes) {
    List<ShardPlan.Shard> shards = new ArrayList<>();
    List<ShardPlan.Shard> planned = ShardPlan.of(tensors, maxShardBytes).shards();
    for (ShardPlan.Shard shard : planned) {
      String name =
          planned.size() == 1
              ? SINGLE_NAME
              : String.format(
                  Locale.ROOT, "pytorch_model-%05d-of-%05d.bin", shards.size() + 1, planned.size());
      shards.add(new ShardPlan.Shard(name, shard.tensors()));
    }
    return new TorchSink(directory, new ShardPlan(shards));
  }

  static TorchSink toFile(Path file, List<TensorSpec> tensors) {
    String name = file.getFileName().toString();
    return new TorchSink(
        file.resolveSibling("").toAbsolutePath(),
        new ShardPlan(List.of(new ShardPlan.Shard(name, tensors))));
  }

  @Override
  public void append(String name, ByteBuffer bytes) throws IOException {
    ShardPlan.Shard shard = shardOf.get(name);
    if (shard == null) {
      throw new IllegalArgumentException("tensor '" + name + "': not declared to this writer");
    }
    while (writer == null || current == null || !isFile(current, shard)) {
      nextShard();
    }
    writer.append(name, bytes);
  }

  @Override
  public void commit() throws IOException {
    while (writer == null || !unopened.isEmpty()) {
      nextShard();
    }
    writer.finish();
    if (plan.isSharded()) {
      PythonJson.write(directory.resolve(INDEX_NAME), index());
    }
  }

  private static boolean isFile(ShardPlan.Shard shard, ShardPlan.Shard other) {
    return shard.fileName().equals(other.fileName());
  }

  private void nextShard() throws IOException {
    if (writer != null) {
      writer.finish();
      writer.close();
    }
    current = unopened.remove();
    writer = TorchArchiveWriter.create(directory.resolve(current.fileName()), current.tensors());
  }

  private ObjectNode index() {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.putObject("metadata").put("total_size", plan.totalBytes());
    ObjectNode map = index.putObject("weight_map");
    shardOf.forEach((name, shard) -> map.put(name, shard.fileName()));
    return index;
  }

  /** Closes the file that is open; who owns the directory removes what is not complete. */
  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
