package io.github.llavamed.checkpoint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which tensor goes to which file of a safetensors checkpoint.
 *
 * @param shards the files in order, at least one
 */
public record ShardPlan(List<Shard> shards) {
  /** 5·10⁹ bytes, the default of the library that writes v1.5 checkpoints. */
  public static final long DEFAULT_MAX_SHARD_BYTES = 5_000_000_000L;

  /** Name of the index of a sharded checkpoint. */
  public static final String INDEX_NAME = "model.safetensors.index.json";

  /** Name of the only file of a checkpoint that is not sharded. */
  public static final String SINGLE_NAME = "model.safetensors";

  /**
   * One file.
   *
   * @param fileName {@code model.safetensors}, or {@code model-00001-of-00002.safetensors} …
   * @param tensors its tensors, in the order given
   */
  public record Shard(String fileName, List<TensorSpec> tensors) {
    /** Copies the list. */
    public Shard {
      tensors = List.copyOf(tensors);
    }

    /** Returns the size of the data in bytes, header not counted. */
    public long byteSize() {
      return totalBytes(tensors);
    }
  }

  /** Copies the list. */
  public ShardPlan {
    shards = List.copyOf(shards);
  }

  /**
   * Fills shards greedily in the order given: the next shard begins when one more tensor would
   * exceed the limit. A tensor above the limit gets a shard of its own.
   *
   * @param maxShardBytes bytes of data per shard, &gt; 0
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public static ShardPlan of(List<TensorSpec> tensors, long maxShardBytes) {
    if (maxShardBytes <= 0) {
      throw new IllegalArgumentException("maxShardBytes: expected > 0, found " + maxShardBytes);
    }
    checkDistinct(tensors);
    List<List<TensorSpec>> groups = new ArrayList<>();
    List<TensorSpec> group = new ArrayList<>();
    long bytes = 0;
    for (TensorSpec tensor : tensors) {
      if (!group.isEmpty() && tensor.byteSize() > maxShardBytes - bytes) {
        groups.add(group);
        group = new ArrayList<>();
        bytes = 0;
      }
      group.add(tensor);
      bytes += tensor.byteSize();
    }
    groups.add(group);
    return new ShardPlan(named(groups));
  }

  /** Returns whether there are several files, and so an index. */
  public boolean isSharded() {
    return shards.size() > 1;
  }

  /** Returns the size of all data in bytes. */
  public long totalBytes() {
    return shards.stream().mapToLong(Shard::byteSize).reduce(0, Math::addExact);
  }

  private static void checkDistinct(List<TensorSpec> tensors) {
    Set<String> names = new HashSet<>();
    for (TensorSpec tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("tensor '" + tensor.name() + "': declared twice");
      }
    }
    totalBytes(tensors);
  }

  private static long totalBytes(List<TensorSpec> tensors) {
    return tensors.stream().mapToLong(TensorSpec::byteSize).reduce(0, Math::addExact);
  }

  private static List<Shard> named(List<List<TensorSpec>> groups) {
    if (groups.size() == 1) {
      return List.of(new Shard(SINGLE_NAME, groups.get(0)));
    }
    List<Shard> shards = new ArrayList<>();
    for (List<TensorSpec> group : groups) {
      String name =
          String.format(
              Locale.ROOT, "model-%05d-of-%05d.safetensors", shards.size() + 1, groups.size());
      shards.add(new Shard(name, group));
    }
    return shards;
  }
}
