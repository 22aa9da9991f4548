package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test per rule of sharded checkpoints. */
class ShardIndexTest {
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";
  private static final String GOOD =
      "{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a\":\"%1$s\",\"b\":\"%2$s\",\"c\":\"%1$s\"}}"
          .formatted(FIRST, SECOND);

  @TempDir Path directory;

  @BeforeEach
  void writeShards() {
    SafetensorsBytes.write(directory.resolve(FIRST), "c", "a");
    SafetensorsBytes.write(directory.resolve(SECOND), "b");
  }

  @Test
  void readsShardsInTheOrderOfTheirNames() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(index(GOOD))) {
      assertThat(checkpoint.tensors().keySet()).containsExactly("c", "a", "b");
      assertThat(checkpoint.files())
          .containsExactly(directory.resolve(FIRST), directory.resolve(SECOND));
      assertThat(checkpoint.tensors().get("b").file()).isEqualTo(directory.resolve(SECOND));
      assertThat(checkpoint.source()).hasFileName("model.safetensors.index.json");
    }
  }

  @Test
  void followsSymbolicLinksOutOfTheDirectory(@TempDir Path blobs) throws IOException {
    Path blob = Files.move(directory.resolve(SECOND), blobs.resolve("blob"));
    Files.createSymbolicLink(directory.resolve(SECOND), blob);
    try (Checkpoint checkpoint = Checkpoint.open(index(GOOD))) {
      assertThat(checkpoint.tensor("b").toFloats()).containsExactly(0);
    }
  }

  @Test
  void rejectsIndexThatIsNotJsonWithWeightMap() {
    for (String bad :
        new String[] {
          "",
          "[]",
          "{",
          "{}",
          "{}{}",
          "{\"weight_map\":[]}",
          "{\"weight_map\":{\"a\":1}}",
          "{\"weight_map\":{},\"weight_map\":{}}",
          GOOD + "x"
        }) {
      rejects(CheckpointRule.INDEX_JSON, bad);
    }
  }

  @Test
  void rejectsIndexAboveLimit() {
    CheckpointLimits limits = CheckpointLimits.defaults().toBuilder().headerBytes(20).build();
    rejects(CheckpointRule.INDEX_JSON, GOOD, limits);
  }

  @Test
  void rejectsIndexThatIsNotUtf8() throws IOException {
    Path file = directory.resolve("model.safetensors.index.json");
    Files.write(file, GOOD.replace("\"a\"", "\"\u00e4\"").getBytes(StandardCharsets.ISO_8859_1));
    assertThat(refused(file, CheckpointLimits.defaults()).rule())
        .isEqualTo(CheckpointRule.INDEX_JSON);
  }

  @Test
  void rejectsTooManyShardsAndTensors() {
    rejects(
        CheckpointRule.INDEX_SHARD_COUNT,
        GOOD,
        CheckpointLimits.defaults().toBuilder().shards(1).build());
    rejects(
        CheckpointRule.TENSOR_COUNT,
        GOOD,
        CheckpointLimits.defaults().toBuilder().tensors(2).build());
  }

  @Test
  void rejectsShardNamesThatLeaveTheDirectory() {
    for (String bad :
        new String[] {
          "../x.safetensors",
          "a/x.safetensors",
          "/x.safetensors",
          "a\\\\x.safetensors",
          "C:x.safetensors",
          ".safetensors",
          "..",
          "",
          "x\\u0000.safetensors",
          "x.bin",
          "\\ud800.safetensors",
          "model.safetensors.index.json"
        }) {
      rejects(CheckpointRule.INDEX_SHARD_NAME, "{\"weight_map\":{\"a\":\"" + bad + "\"}}");
    }
  }

  @Test
  void namesTheShardThatIsMissing() throws IOException {
    Files.delete(directory.resolve(SECOND));
    assertThat(rejects(CheckpointRule.INDEX_SHARD_MISSING, GOOD)).hasMessageContaining(SECOND);
  }

  @Test
  void rejectsShardWithTruncatedData() throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(SECOND));
    Files.write(directory.resolve(SECOND), Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(rejects(CheckpointRule.DATA_COVERAGE, GOOD).file()).hasFileName(SECOND);
  }

  @Test
  void rejectsTensorThatItsShardDoesNotHold() {
    SafetensorsBytes.write(directory.resolve(FIRST), "a");
    assertThat(rejects(CheckpointRule.INDEX_TENSOR_MISSING, GOOD)).hasMessageContaining("'c'");
  }

  @Test
  void rejectsTensorThatTheIndexDoesNotPutThere() {
    SafetensorsBytes.write(directory.resolve(SECOND), "b", "d");
    assertThat(rejects(CheckpointRule.INDEX_TENSOR_UNLISTED, GOOD)).hasMessageContaining("'d'");
    SafetensorsBytes.write(directory.resolve(SECOND), "b", "a");
    assertThat(rejects(CheckpointRule.INDEX_TENSOR_UNLISTED, GOOD)).hasMessageContaining("'a'");
  }

  @Test
  void rejectsTensorNamedTwice() {
    rejects(CheckpointRule.TENSOR_NAME_UNIQUE, GOOD.replace("\"b\":", "\"a\":"));
  }

  private MalformedCheckpointException rejects(CheckpointRule rule, String json) {
    return rejects(rule, json, CheckpointLimits.defaults());
  }

  private MalformedCheckpointException rejects(
      CheckpointRule rule, String json, CheckpointLimits limits) {
    MalformedCheckpointException refused = refused(index(json), limits);
    assertThat(refused.rule()).as(refused.getMessage()).isEqualTo(rule);
    return refused;
  }

  private static MalformedCheckpointException refused(Path file, CheckpointLimits limits) {
    MalformedCheckpointException refused =
        catchThrowableOfType(
            MalformedCheckpointException.class, () -> Checkpoint.open(file, limits));
    assertThat(refused).isNotNull();
    return refused;
  }

  private Path index(String json) {
    return SafetensorsBytes.write(
        directory.resolve("model.safetensors.index.json"), json.getBytes(StandardCharsets.UTF_8));
  }
}
