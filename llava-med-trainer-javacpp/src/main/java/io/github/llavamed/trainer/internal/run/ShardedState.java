package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Partition;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A checkpoint in which each rank wrote its slices; any number of ranks can read it.
 *
 * @param shards the files by rank
 * @param elements the size of each whole tensor
 */
record ShardedState(List<Checkpoint> shards, Map<String, Long> elements) implements StoredState {
  private static final String META = "sharding.json";
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String fileName(int rank, int ranks) {
    return "shard-%05d-of-%05d.safetensors".formatted(rank + 1, ranks);
  }

  static boolean isIn(Path checkpoint) {
    return Files.exists(checkpoint.resolve(META));
  }

  /** Writes a rank's slices, and as rank 0 what they are slices of. */
  static void write(Path directory, StartModel model, AdamW optimizer) throws IOException {
    ParamStore params = model.params();
    Partition partition = params.partition();
    if (partition == null) {
      throw new IllegalStateException("the tensors of this store are whole");
    }
    if (partition.rank() == 0) {
      writeMeta(directory.resolve(META), model, partition.ranks());
    }
    List<TensorSpec> specs = new ArrayList<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    optimizer
        .moments()
        .forEach(
            (name, state) -> {
              String disk = model.names().toDisk(name);
              tensors.put(Part.WEIGHT.of(disk), params.slices().get(name));
              tensors.put(Part.EXP_AVG.of(disk), state.expAvg());
              tensors.put(Part.EXP_AVG_SQ.of(disk), state.expAvgSq());
            });
    tensors.forEach((name, tensor) -> specs.add(TensorTransfer.spec(name, tensor)));
    Path file = directory.resolve(fileName(partition.rank(), partition.ranks()));
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, specs).open()) {
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        TensorTransfer.write(writer, entry.getKey(), entry.getValue());
      }
      writer.commit();
    }
    // Here and not by rank 0 alone: each machine of a cluster has its own cache.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void writeMeta(Path file, StartModel model, int ranks) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("world_size", ranks);
    ObjectNode elements = json.putObject("elements");
    for (String name : model.params().trainableNames()) {
      elements.put(model.names().toDisk(name), model.params().get(name).numel());
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }

  /**
   * Opens the files of all ranks.
   *
   * @throws MalformedCheckpointException if one is missing or does not hold what it should
   */
  static ShardedState open(Path checkpoint) throws IOException {
    Path meta = checkpoint.resolve(META);
    JsonNode json = JSON.readTree(Files.readAllBytes(meta));
    int ranks = json.path("world_size").asInt();
    if (json.path("format").asInt() != FORMAT || ranks < 1) {
      throw new MalformedCheckpointException(
          meta, CheckpointRule.INDEX_JSON, "", "format 1 with a world_size", json.toString());
    }
    Map<String, Long> elements = new LinkedHashMap<>();
    json.path("elements")
        .properties()
        .forEach(e -> elements.put(e.getKey(), e.getValue().asLong()));
    List<Checkpoint> shards = new ArrayList<>();
    ShardedState state = new ShardedState(shards, elements);
    try {
      for (int rank = 0; rank < ranks; rank++) {
        Path file = checkpoint.resolve(fileName(rank, ranks));
        if (!Files.exists(file)) {
          throw new MalformedCheckpointException(
              file, CheckpointRule.INDEX_SHARD_MISSING, "", ranks + " files", "no such file");
        }
        shards.add(Checkpoint.open(file));
      }
      state.checkSlices();
      return state;
    } catch (IOException | RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private void checkSlices() {
    for (Checkpoint shard : shards) {
      for (Map.Entry<String, Long> entry : elements.entrySet()) {
        for (Part part : Part.values()) {
          String name = part.of(entry.getKey());
          TensorInfo info = shard.tensors().get(name);
          long expected = Partition.sliceLength(entry.getValue(), shards.size());
          if (info == null || info.shape().elementCount() != expected) {
            throw new MalformedCheckpointException(
                shard.source(),
                CheckpointRule.TENSOR_SIZE,
                "tensor '" + name + "'",
                expected + " elements",
                info == null ? "no such tensor" : String.valueOf(info.shape()));
          }
        }
      }
    }
  }

  @Override
  public Set<String> names() {
    return elements.keySet();
  }

  @Override
  public void read(Part part, String name, long first, Tensor target) {
    long slice = Partition.sliceLength(Objects.requireNonNull(elements.get(name)), shards.size());
    long count = target.numel();
    for (long done = 0; done < count; ) {
      long at = first + done;
      long length = Math.min(slice - at % slice, count - done);
      TensorTransfer.read(
          shards.get(Math.toIntExact(at / slice)).tensor(part.of(name)),
          at % slice,
          target.narrow(0, done, length));
      done += length;
    }
  }

  @Override
  public void close() {
    shards.forEach(Checkpoint::close);
  }
}
