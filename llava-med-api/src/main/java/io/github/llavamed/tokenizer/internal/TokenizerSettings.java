package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import io.github.llavamed.tokenizer.TokenizerLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} say, not yet by anyone's
 * rules.
 *
 * <p>Early LLaMA conversions store empty or one-space strings as special tokens; such a declaration
 * counts as blank and is left out of {@code roles}.
 */
final class TokenizerSettings {
  private static final String ADDITIONAL = "additional_special_tokens";
  private static final Set<String> CLASSES =
      Set.of(
          "llamatokenizer", "llamatokenizerfast", "pretrainedtokenizerfast", "tokenizersbackend");

  /** Declarations of one file. */
  record Declared(
      Map<SpecialRole, DeclaredToken> roles,
      Set<SpecialRole> blank,
      List<DeclaredToken> additional) {}

  /** What a value of {@code add_prefix_space} may be. */
  enum PrefixSpace {
    ABSENT,
    NULL,
    YES,
    NO
  }

  private final Declared config;
  private final Declared specialMap;
  private final boolean addBos;
  private final boolean addEos;
  private final boolean legacy;
  private final PrefixSpace prefixSpace;
  private final @Nullable String tokenizerClass;
  private final @Nullable SortedMap<Integer, AddedToken> addedTokensDecoder;

  private TokenizerSettings(
      JsonFields config, @Nullable JsonNode specialMap, TokenizerFiles files) {
    TokenizerLimits limits = files.limits();
    this.config = declared(config, limits);
    this.specialMap =
        specialMap == null
            ? new Declared(Map.of(), Set.of(), List.of())
            : declared(new JsonFields(specialMap, files.where(TokenizerFiles.SPECIAL_MAP)), limits);
    addBos = config.bool("add_bos_token", true);
    addEos = config.bool("add_eos_token", false);
    legacy = config.bool("legacy", true);
    prefixSpace =
        !config.node().has("add_prefix_space")
            ? PrefixSpace.ABSENT
            : config.get("add_prefix_space") == null
                ? PrefixSpace.NULL
                : config.bool("add_prefix_space", true) ? PrefixSpace.YES : PrefixSpace.NO;
    tokenizerClass = config.text("tokenizer_class");
    addedTokensDecoder = addedTokensDecoder(config, limits);
    check(config);
  }

  static TokenizerSettings read(TokenizerFiles files) throws IOException {
    JsonNode config = files.readJson(TokenizerFiles.CONFIG);
    return new TokenizerSettings(
        new JsonFields(
            config == null ? JsonNodeFactory.instance.objectNode() : config,
            files.where(TokenizerFiles.CONFIG)),
        files.readJson(TokenizerFiles.SPECIAL_MAP),
        files);
  }

  Declared config() {
    return config;
  }

  Declared specialMap() {
    return specialMap;
  }

  boolean addBos() {
    return addBos;
  }

  boolean addEos() {
    return addEos;
  }

  boolean legacy() {
    return legacy;
  }

  PrefixSpace prefixSpace() {
    return prefixSpace;
  }

  /** Returns whether the class is LLaMA's own, which builds its post-processor itself. */
  boolean isLlama() {
    return tokenizerClass != null && tokenizerClass.toLowerCase(Locale.ROOT).startsWith("llama");
  }

  boolean namesClass() {
    return tokenizerClass != null;
  }

  /** Returns {@code added_tokens_decoder} by id, null if the configuration has none. */
  @Nullable SortedMap<Integer, AddedToken> addedTokensDecoder() {
    return addedTokensDecoder;
  }

  /** Reads {@code added_tokens.json}: tokens by id, empty if there is no such file. */
  static SortedMap<Integer, String> readAddedTokens(TokenizerFiles files) throws IOException {
    JsonNode node = files.readJson(TokenizerFiles.ADDED);
    SortedMap<Integer, String> tokens = new TreeMap<>();
    if (node == null) {
      return tokens;
    }
    String where = files.where(TokenizerFiles.ADDED);
    checkCount(node.size(), where, files.limits());
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String token = JsonFields.checked(entry.getKey(), where, files.limits());
      int id = JsonFields.integer(entry.getValue(), where + ", " + token);
      String earlier = tokens.put(id, token);
      if (earlier != null) {
        throw new MalformedTokenizerException(
            where + ": expected each id once, found " + id + " for " + earlier + " and " + token);
      }
    }
    return tokens;
  }

  static void checkCount(int count, String where, TokenizerLimits limits) {
    if (count > limits.maxAddedTokens()) {
      throw new MalformedTokenizerException(
          where + ": expected at most " + limits.maxAddedTokens() + " tokens, found " + count);
    }
  }

  private void check(JsonFields config) {
    if (tokenizerClass != null && !CLASSES.contains(tokenizerClass.toLowerCase(Locale.ROOT))) {
      throw new UnsupportedModelException(
          config.where("tokenizer_class")
              + ": expected LlamaTokenizer, LlamaTokenizerFast or PreTrainedTokenizerFast, found "
              + tokenizerClass);
    }
    if (config.bool("clean_up_tokenization_spaces", false)) {
      throw new UnsupportedModelException(
          config.where("clean_up_tokenization_spaces") + ": expected false, found true");
    }
  }

  private static Declared declared(JsonFields fields, TokenizerLimits limits) {
    Map<SpecialRole, DeclaredToken> roles = new EnumMap<>(SpecialRole.class);
    Set<SpecialRole> blank = EnumSet.noneOf(SpecialRole.class);
    for (SpecialRole role : SpecialRole.values()) {
      JsonNode value = fields.get(role.key());
      if (value == null) {
        continue;
      }
      DeclaredToken token = declared(value, fields.where(role.key()), limits);
      if (token == null) {
        blank.add(role);
      } else {
        roles.put(role, token);
      }
    }
    List<DeclaredToken> additional = new ArrayList<>();
    if (fields.get(ADDITIONAL) != null) {
      JsonNode list = fields.array(ADDITIONAL);
      checkCount(list.size(), fields.where(ADDITIONAL), limits);
      for (JsonNode value : list) {
        DeclaredToken token = declared(value, fields.where(ADDITIONAL), limits);
        if (token != null) {
          additional.add(token);
        }
      }
    }
    return new Declared(roles, blank, additional);
  }

  /** Returns null for a blank declaration. */
  private static @Nullable DeclaredToken declared(
      JsonNode value, String where, TokenizerLimits limits) {
    if (value.isObject()) {
      JsonFields fields = new JsonFields(value, where);
      return fields.requiredText("content").isBlank()
          ? null
          : DeclaredToken.object(fields.addedToken(true, limits));
    }
    if (!value.isTextual()) {
      throw JsonFields.malformed(where, "a string or an object", value);
    }
    return value.textValue().isBlank()
        ? null
        : DeclaredToken.plain(JsonFields.checked(value.textValue(), where, limits));
  }

  private static @Nullable SortedMap<Integer, AddedToken> addedTokensDecoder(
      JsonFields config, TokenizerLimits limits) {
    if (config.get("added_tokens_decoder") == null) {
      return null;
    }
    JsonFields decoder = config.object("added_tokens_decoder");
    checkCount(decoder.node().size(), decoder.where(), limits);
    SortedMap<Integer, AddedToken> tokens = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : decoder.node().properties()) {
      JsonFields token = new JsonFields(entry.getValue(), decoder.where(entry.getKey()));
      tokens.put(id(entry.getKey(), token.where()), token.addedToken(false, limits));
    }
    return tokens;
  }

  private static int id(String key, String where) {
    if (!key.matches("0|[1-9][0-9]{0,8}")) {
      throw new MalformedTokenizerException(where + ": expected an id as key, found '" + key + "'");
    }
    return Integer.parseInt(key);
  }
}
