package io.github.llavamed.checkpoint.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the JSON header of a safetensors file, one check per rule. Confined to one thread.
 *
 * <p>Members of a tensor other than {@code dtype}, {@code shape} and {@code data_offsets} are
 * skipped, as the safetensors library does.
 */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";

  /** A tensor of the header; offsets count from the end of the header. */
  record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

  private final MappedFile file;
  private final CheckpointLimits limits;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private @Nullable Map<String, String> metadata;

  private SafetensorsHeader(MappedFile file, CheckpointLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Parses a header that is known to be UTF-8 and to begin with a brace. */
  static SafetensorsHeader parse(MappedFile file, byte[] header, CheckpointLimits limits) {
    SafetensorsHeader parsed = new SafetensorsHeader(file, limits);
    try (JsonParser parser = JsonHeader.parser(header, limits)) {
      parsed.readRoot(parser);
    } catch (IOException e) {
      throw file.malformed(
          CheckpointRule.HEADER_JSON, "header", "JSON", JsonHeader.firstLine(e.getMessage()));
    }
    return parsed;
  }

  /** Returns the tensors in the order of the header. */
  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  /** Returns the metadata, empty if there is none. */
  Map<String, String> metadata() {
    return metadata == null ? Map.of() : metadata;
  }

  private void readRoot(JsonParser parser) throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else {
        add(readTensor(parser, name));
      }
    }
    if (parser.nextToken() != null) {
      throw file.malformed(
          CheckpointRule.HEADER_JSON, "header", "only spaces after the object", found(parser));
    }
  }

  private void add(Entry entry) {
    if (entries.put(entry.name(), entry) != null) {
      throw file.malformed(
          CheckpointRule.TENSOR_NAME_UNIQUE, where(entry.name()), "one entry", "two");
    }
    if (entries.size() > limits.tensors()) {
      throw file.malformed(
          CheckpointRule.TENSOR_COUNT, "header", "at most " + limits.tensors(), "more");
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    if (metadata != null) {
      throw badMetadata("one object", "two");
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw badMetadata("an object", found(parser));
    }
    Map<String, String> strings = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = wellFormed(parser.currentName());
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw badMetadata("a string for '" + key + "'", found(parser));
      }
      if (strings.put(key, wellFormed(parser.getText())) != null) {
        throw badMetadata("'" + key + "' once", "twice");
      }
    }
    metadata = strings;
  }

  private Entry readTensor(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw badFields(name, "an object", found(parser));
    }
    DType dtype = null;
    Shape shape = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> dtype = once(name, field, dtype, readDtype(parser, name));
        case "shape" -> shape = once(name, field, shape, readShape(parser, name));
        case "data_offsets" -> offsets = once(name, field, offsets, readOffsets(parser, name));
        default -> parser.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw badFields(name, missing, "none");
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private <T> T once(String name, String field, @Nullable T before, T now) {
    if (before != null) {
      throw badFields(name, "'" + field + "' once", "twice");
    }
    return now;
  }

  private DType readDtype(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw badFields(name, "a string as dtype", found(parser));
    }
    String text = parser.getText();
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(text)) {
        return dtype;
      }
    }
    String known = Arrays.toString(DType.values());
    throw file.malformed(CheckpointRule.DTYPE, where(name), known, "'" + text + "'");
  }

  private Shape readShape(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw badFields(name, "an array as shape", found(parser));
    }
    long[] dims = new long[Math.min(limits.rank(), 8)];
    int rank = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (rank == limits.rank()) {
        throw file.malformed(
            CheckpointRule.SHAPE_RANK, where(name), "at most " + limits.rank(), "more");
      }
      if (rank == dims.length) {
        dims = Arrays.copyOf(dims, Math.min(2 * rank, limits.rank()));
      }
      dims[rank++] = natural(parser, CheckpointRule.SHAPE_DIMENSION, name);
    }
    return Shape.of(Arrays.copyOf(dims, rank));
  }

  private long[] readOffsets(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw badFields(name, "an array as data_offsets", found(parser));
    }
    long[] offsets = new long[2];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == 2) {
        throw file.malformed(CheckpointRule.OFFSETS, where(name), "two", "more");
      }
      offsets[count++] = natural(parser, CheckpointRule.OFFSETS, name);
    }
    if (count < 2 || offsets[1] < offsets[0]) {
      throw file.malformed(
          CheckpointRule.OFFSETS,
          where(name),
          "[begin, end]",
          Arrays.toString(Arrays.copyOf(offsets, count)));
    }
    return offsets;
  }

  private long natural(JsonParser parser, CheckpointRule rule, String name) throws IOException {
    String text = found(parser);
    boolean digits = parser.currentToken() == JsonToken.VALUE_NUMBER_INT && !text.startsWith("-");
    if (!digits || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw file.malformed(rule, where(name), "integers from 0 to 2^63 - 1", text);
    }
    return parser.getLongValue();
  }

  private String wellFormed(String text) {
    if (!JsonHeader.isWellFormed(text)) {
      throw file.malformed(
          CheckpointRule.HEADER_UTF8, "header", "paired surrogates", "'" + text + "'");
    }
    return text;
  }

  private MalformedCheckpointException badMetadata(String expected, String found) {
    return file.malformed(CheckpointRule.METADATA, "header", expected, found);
  }

  private MalformedCheckpointException badFields(String name, String expected, String found) {
    return file.malformed(CheckpointRule.TENSOR_FIELDS, where(name), expected, found);
  }

  private static String found(JsonParser parser) throws IOException {
    return JsonHeader.firstLine(parser.getText());
  }

  private static String where(String name) {
    return "tensor '" + name + "'";
  }
}
