package io.github.llavamed.trainer.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.training.InvalidTrainingDataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON array of instruction samples, of which only places in the file are held in memory.
 *
 * <p>Both keys {@code conversations} and the released alignment file's {@code conversatons} are
 * read; other keys are passed over. Integer values become text. Safe for concurrent use; the opener
 * closes it.
 */
public final class InstructionFile implements AutoCloseable {
  /** Most bytes of one sample: a thousand times the longest published one. */
  public static final int MAX_SAMPLE_BYTES = 16 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final FileChannel channel;
  private final long[] starts;
  private final long[] ends;

  private InstructionFile(Path path, FileChannel channel, long[] starts, long[] ends) {
    this.path = path;
    this.channel = channel;
    this.starts = starts;
    this.ends = ends;
  }

  /**
   * Opens a file and finds its samples.
   *
   * @throws InvalidTrainingDataException if it is not a JSON array of objects, or a sample is too
   *     large
   */
  public static InstructionFile open(Path path) throws IOException {
    long[] starts = new long[1024];
    long[] ends = new long[1024];
    int count = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        JsonParser parser = JSON.createParser(in)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw malformed(path, "expected a JSON array of samples, found something else", null);
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw malformed(path, "sample " + count + ": expected a JSON object", null);
        }
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, Math.multiplyExact(count, 2));
          ends = Arrays.copyOf(ends, starts.length);
        }
        starts[count] = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        ends[count] = parser.currentLocation().getByteOffset();
        if (ends[count] - starts[count] > MAX_SAMPLE_BYTES) {
          throw malformed(
              path, "sample %d: more than %d bytes".formatted(count, MAX_SAMPLE_BYTES), null);
        }
        count++;
      }
    } catch (JsonProcessingException e) {
      throw malformed(path, "not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (count == 0) {
      throw malformed(path, "expected at least one sample, found none", null);
    }
    return new InstructionFile(
        path,
        FileChannel.open(path, StandardOpenOption.READ),
        Arrays.copyOf(starts, count),
        Arrays.copyOf(ends, count));
  }

  /** Returns the number of samples. */
  public int size() {
    return starts.length;
  }

  /**
   * Reads a sample.
   *
   * @throws InvalidTrainingDataException if it has no conversation, or a turn is not as it should
   */
  public InstructionSample get(int index) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) (ends[index] - starts[index]));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, starts[index] + bytes.position()) < 0) {
        throw malformed(path, "sample " + index + ": the file became shorter", null);
      }
    }
    JsonNode node = JSON.readTree(bytes.array());
    JsonNode turns =
        node.has("conversations") ? node.get("conversations") : node.get("conversatons");
    if (turns == null || !turns.isArray()) {
      throw malformed(path, "sample " + index + ": expected 'conversations', found no array", null);
    }
    List<InstructionSample.Turn> read = new ArrayList<>();
    for (JsonNode turn : turns) {
      read.add(
          new InstructionSample.Turn(
              text(turn, "from", index, read.size()), text(turn, "value", index, read.size())));
    }
    JsonNode image = node.get("image");
    if (image != null && !image.isTextual()) {
      throw malformed(path, "sample " + index + ": 'image': expected a path, found " + image, null);
    }
    return new InstructionSample(index, image == null ? null : image.asText(), read);
  }

  private String text(JsonNode turn, String key, int sample, int number) {
    JsonNode value = turn.get(key);
    if (value == null || !(value.isTextual() || value.isIntegralNumber())) {
      throw malformed(
          path,
          "sample %d, turn %d: '%s': expected text or an integer, found %s"
              .formatted(sample, number, key, value),
          null);
    }
    return value.asText();
  }

  private static InvalidTrainingDataException malformed(
      Path path, String message, @Nullable Throwable cause) {
    return new InvalidTrainingDataException(path + ": " + message, cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
