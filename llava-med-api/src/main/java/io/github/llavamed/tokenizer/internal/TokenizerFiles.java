package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import io.github.llavamed.tokenizer.TokenizerLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the files of a tokenizer directory within limits. */
final class TokenizerFiles {
  static final String MODEL = "tokenizer.model";
  static final String FAST = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_MAP = "special_tokens_map.json";
  static final String ADDED = "added_tokens.json";

  private static final int MAX_DEPTH = 64;

  private final Path directory;
  private final TokenizerLimits limits;
  private final JsonMapper json;

  TokenizerFiles(Path directory, TokenizerLimits limits) {
    this.directory = directory;
    this.limits = limits;
    // duplicate keys would silently lose pieces
    json =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(limits.maxFileBytes())
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  TokenizerLimits limits() {
    return limits;
  }

  boolean has(String name) {
    return Files.isRegularFile(directory.resolve(name));
  }

  /** Returns where a file is, for messages. */
  String where(String name) {
    return directory.resolve(name).toString();
  }

  /** Throws an exception that names the directory and the files that were looked for. */
  NoSuchFileException missing(String... names) {
    return new NoSuchFileException(
        directory.toString(),
        null,
        "tokenizer: expected " + String.join(" or ", names) + " in this directory, found none");
  }

  /** Reads the SentencePiece model; it must be there. */
  SentencePieceModel readModel() throws IOException {
    if (!has(MODEL)) {
      throw missing(MODEL);
    }
    return SentencePieceReader.read(readBytes(MODEL), where(MODEL), limits);
  }

  /** Returns the JSON object of a file, null if there is no such file. */
  @Nullable JsonNode readJson(String name) throws IOException {
    if (!has(name)) {
      return null;
    }
    JsonNode node;
    try {
      node = json.readTree(readBytes(name));
    } catch (JsonProcessingException e) {
      throw new MalformedTokenizerException(
          where(name) + ": expected one JSON object, found " + e.getMessage(), e);
    }
    if (!node.isObject()) {
      throw new MalformedTokenizerException(
          where(name) + ": expected a JSON object, found " + node.getNodeType());
    }
    return node;
  }

  private byte[] readBytes(String name) throws IOException {
    Path file = directory.resolve(name);
    long size = Files.size(file);
    if (size > limits.maxFileBytes()) {
      throw new MalformedTokenizerException(
          file + ": expected at most " + limits.maxFileBytes() + " bytes, found " + size);
    }
    return Files.readAllBytes(file);
  }
}
