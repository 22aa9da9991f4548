package io.github.llavamed.config.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.MalformedConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads one JSON object from a file that is not trusted: bounded size, depth, no duplicate keys.
 */
public final class JsonFile {
  private static final int MAX_NAME_CHARS = 4096;
  private static final int MAX_NUMBER_CHARS = 400; // the longest decimal double is below that

  private JsonFile() {}

  /**
   * Returns the object in {@code file}.
   *
   * @throws IOException if the file cannot be read
   * @throws MalformedConfigException if it is too large, is not JSON, or is not an object
   */
  public static ObjectNode read(Path file, ConfigLimits limits) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(limits.maxBytes() + 1);
    }
    if (bytes.length > limits.maxBytes()) {
      throw new MalformedConfigException(
          file + ": expected at most " + limits.maxBytes() + " bytes of JSON, found more", null);
    }
    JsonNode node;
    try {
      node = mapper(limits).readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new MalformedConfigException(
          file + ": expected one JSON object, found " + describe(e), e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new MalformedConfigException(
          file + ": expected a JSON object, found " + kindOf(node), null);
    }
    return object;
  }

  private static JsonMapper mapper(ConfigLimits limits) {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxDocumentLength(limits.maxBytes())
            .maxNestingDepth(limits.maxDepth())
            .maxNameLength(MAX_NAME_CHARS)
            .maxNumberLength(MAX_NUMBER_CHARS)
            .maxStringLength(limits.maxBytes())
            .build();
    return JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  private static String describe(JsonProcessingException e) {
    String place =
        e.getLocation() == null
            ? ""
            : " at line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr();
    return "an error" + place + ": " + e.getOriginalMessage();
  }

  private static String kindOf(JsonNode node) {
    return node.isMissingNode()
        ? "an empty file"
        : "a JSON " + node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
