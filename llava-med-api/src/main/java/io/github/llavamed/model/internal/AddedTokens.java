package io.github.llavamed.model.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.internal.JsonFile;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.weights.VocabularyInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists the tokens that were added to a vocabulary, for people to read. */
final class AddedTokens {
  private static final int MAX_BYTES = 64 << 20; // tokenizer.json holds the whole vocabulary
  private static final int MAX_DEPTH = 64;

  private AddedTokens() {}

  /**
   * Reads {@code added_tokens.json} and the {@code added_tokens} of {@code tokenizer.json}, and
   * adds the image tokens that the loader makes known.
   *
   * @return ids by token, in the order of the ids
   */
  static Map<String, Integer> read(Path directory, @Nullable Tokenizer tokenizer)
      throws IOException {
    Map<String, Integer> ids = new HashMap<>();
    ConfigLimits defaults = ConfigLimits.defaults();
    ConfigLimits limits =
        new ConfigLimits(
            MAX_BYTES,
            MAX_DEPTH,
            defaults.maxLayers(),
            defaults.maxWidth(),
            defaults.maxVocabulary(),
            defaults.maxImageSize());
    Path whole = directory.resolve("tokenizer.json");
    if (Files.isRegularFile(whole)) {
      for (JsonNode token : JsonFile.read(whole, limits).path("added_tokens")) {
        ids.put(token.path("content").asText(), token.path("id").asInt());
      }
    }
    Path added = directory.resolve("added_tokens.json");
    if (Files.isRegularFile(added)) {
      JsonFile.read(added, limits)
          .properties()
          .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    }
    if (tokenizer != null) {
      for (String token :
          List.of(
              VocabularyInitializer.PAD,
              VocabularyInitializer.IM_PATCH,
              VocabularyInitializer.IM_START,
              VocabularyInitializer.IM_END)) {
        tokenizer.idOf(token).ifPresent(id -> ids.put(token, id));
      }
    }
    Map<String, Integer> sorted = new LinkedHashMap<>();
    ids.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}
