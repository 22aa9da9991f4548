package io.github.llavamed.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Loads the tokenizers that golden rows name, each once, and the rows themselves. */
final class GoldenTokenizers {
  /** What the v1.5 builder adds at load time. */
  static final List<AddedToken> MARKERS =
      List.of(
          AddedToken.of("<im_patch>", true),
          AddedToken.of("<im_start>", true),
          AddedToken.of("<im_end>", true));

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path tokenizers;
  private final Map<String, Tokenizer> loaded = new HashMap<>();

  /** Creates the loader of one model's directories. */
  GoldenTokenizers(String model) {
    tokenizers = GoldenFolder.of("text").resolve("tokenizers").resolve(model);
  }

  Path directory(String name) {
    return tokenizers.resolve(name);
  }

  /** Returns the tokenizer of a key, loaded as the golden README says. */
  Tokenizer of(String key) {
    Tokenizer tokenizer = loaded.get(key);
    if (tokenizer == null) {
      tokenizer = load(key);
      loaded.put(key, tokenizer);
    }
    return tokenizer;
  }

  private Tokenizer load(String key) {
    return switch (key) {
      case "v10_plain", "v10_marked", "v10_pad", "v10_pad_v0" ->
          load(key, TokenizerRules.V1_0_SLOW);
      case "v15_fast" -> load("v15_base", TokenizerRules.V1_5_FAST);
      case "v15_slow" -> load("v15_base", TokenizerRules.V1_5_SLOW);
      case "v15_fast_marked" -> Tokenizers.withAddedTokens(of("v15_fast"), MARKERS);
      case "v15_slow_marked" -> Tokenizers.withAddedTokens(of("v15_slow"), MARKERS);
      case "hf_fast" -> load("hf", TokenizerRules.HF_FAST);
      case "hf_slow" -> load("hf", TokenizerRules.HF_SLOW);
      default -> throw new IllegalArgumentException("unknown tokenizer key " + key);
    };
  }

  Tokenizer load(String directory, TokenizerRules rules) {
    try {
      return Tokenizers.load(directory(directory), rules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the models that have a file in a folder of the text kind. */
  static List<String> models(String folder) {
    try (Stream<Path> files = Files.list(GoldenFolder.of("text").resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jsonl"))
          .map(name -> name.substring(0, name.length() - ".jsonl".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the rows of one model in a folder of the text kind. */
  static List<JsonNode> rows(String folder, String model) {
    Path file = GoldenFolder.of("text").resolve(folder).resolve(model + ".jsonl");
    List<JsonNode> rows = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank()) {
          rows.add(JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** Returns the tokenizer keys of a row: all names but those of its inputs. */
  static Set<String> keys(JsonNode row) {
    Set<String> keys = new TreeSet<>();
    row.fieldNames().forEachRemaining(keys::add);
    keys.removeAll(Set.of("category", "kind", "text", "ids"));
    return keys;
  }
}
