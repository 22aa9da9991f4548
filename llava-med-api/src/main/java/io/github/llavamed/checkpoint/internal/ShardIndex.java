package io.github.llavamed.checkpoint.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.base.Utf8;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Opens the shards that an index file names and holds both against each other.
 *
 * <p>Shards are plain names beside the index; symbolic links, as model caches use them, are
 * followed. {@code total_size} is not compared: published indexes count it differently.
 */
public final class ShardIndex {
  private final MappedFile file;
  private final FileKind kind;
  private final CheckpointLimits limits;

  private ShardIndex(MappedFile file, FileKind kind, CheckpointLimits limits) {
    this.file = file;
    this.kind = kind;
    this.limits = limits;
  }

  /** Opens the shards of an index, by file name in the order of their names. */
  public static SortedMap<String, TensorFile> open(
      Path path, FileKind kind, CheckpointLimits limits) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      ShardIndex index = new ShardIndex(file, kind, limits);
      Map<String, String> weightMap = index.parse();
      SortedMap<String, TensorFile> shards = index.openShards(weightMap);
      index.compare(weightMap, shards);
      return shards;
    }
  }

  private Map<String, String> parse() {
    FileSignature.rejectStandIns(file);
    if (file.size() > limits.headerBytes()) {
      throw badIndex("at most %d bytes".formatted(limits.headerBytes()), file.size() + " bytes");
    }
    byte[] bytes = file.bytes(0, (int) file.size());
    if (!Utf8.isWellFormed(bytes)) {
      throw badIndex("UTF-8", "other bytes");
    }
    try (JsonParser parser = JsonHeader.parser(bytes, limits)) {
      return readRoot(parser);
    } catch (IOException e) {
      throw badIndex("JSON", JsonHeader.firstLine(e.getMessage()));
    }
  }

  private Map<String, String> readRoot(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw badIndex("an object", JsonHeader.firstLine(parser.getText()));
    }
    Map<String, String> weightMap = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      if (!key.equals("weight_map")) {
        parser.skipChildren();
      } else if (weightMap != null) {
        throw badIndex("one weight_map", "two");
      } else {
        weightMap = readWeightMap(parser);
      }
    }
    if (parser.nextToken() != null) {
      throw badIndex("nothing after the object", JsonHeader.firstLine(parser.getText()));
    }
    if (weightMap == null) {
      throw badIndex("a weight_map", "none");
    }
    return weightMap;
  }

  private Map<String, String> readWeightMap(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw badIndex("an object as weight_map", JsonHeader.firstLine(parser.getText()));
    }
    Map<String, String> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw badIndex("a file name for '" + name + "'", JsonHeader.firstLine(parser.getText()));
      }
      if (map.put(name, parser.getText()) != null) {
        throw file.malformed(CheckpointRule.TENSOR_NAME_UNIQUE, where(name), "one entry", "two");
      }
      if (map.size() > limits.tensors()) {
        throw file.malformed(
            CheckpointRule.TENSOR_COUNT, "weight_map", "at most " + limits.tensors(), "more");
      }
    }
    return map;
  }

  private SortedMap<String, TensorFile> openShards(Map<String, String> weightMap)
      throws IOException {
    SortedMap<String, TensorFile> shards = new TreeMap<>();
    for (Map.Entry<String, String> entry : weightMap.entrySet()) {
      String name = entry.getValue();
      if (!shards.containsKey(name)) {
        if (shards.size() == limits.shards()) {
          throw file.malformed(
              CheckpointRule.INDEX_SHARD_COUNT, "weight_map", "at most " + limits.shards(), "more");
        }
        shards.put(name, FileKind.open(shard(name, entry.getKey()), limits));
      }
    }
    return shards;
  }

  private Path shard(String name, String tensor) {
    boolean plain =
        FileKind.of(name).filter(kind::equals).isPresent()
            && !name.startsWith(".")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw file.malformed(
          CheckpointRule.INDEX_SHARD_NAME,
          where(tensor),
          "a name such as model-00001-of-00002.safetensors",
          "'" + JsonHeader.firstLine(name) + "'");
    }
    Path path = file.path().resolveSibling(name);
    if (!Files.isRegularFile(path)) {
      throw file.malformed(
          CheckpointRule.INDEX_SHARD_MISSING, where(tensor), "'" + name + "'", "no such file");
    }
    return path;
  }

  private void compare(Map<String, String> weightMap, Map<String, TensorFile> shards) {
    weightMap.forEach(
        (name, shard) -> {
          TensorFile held = shards.get(shard);
          if (held == null || !held.tensors().containsKey(name)) {
            throw file.malformed(
                CheckpointRule.INDEX_TENSOR_MISSING, where(name), "it in '" + shard + "'", "none");
          }
        });
    shards.forEach(
        (shard, held) -> {
          for (String name : held.tensors().keySet()) {
            if (!shard.equals(weightMap.get(name))) {
              throw file.malformed(
                  CheckpointRule.INDEX_TENSOR_UNLISTED,
                  where(name) + " of '" + shard + "'",
                  "it in the index under this shard",
                  "'" + weightMap.get(name) + "'");
            }
          }
        });
  }

  private MalformedCheckpointException badIndex(String expected, String found) {
    return file.malformed(CheckpointRule.INDEX_JSON, "", expected, found);
  }

  private static String where(String name) {
    return "tensor '" + JsonHeader.firstLine(name) + "'";
  }
}
