package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerLimits;
import io.github.llavamed.tokenizer.TokenizerRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a tokenizer together from a directory, by the rules asked for. */
public final class TokenizerLoader {
  private final TokenizerFiles files;
  private final TokenizerSettings settings;
  private final TokenizerRules rules;

  private TokenizerLoader(TokenizerFiles files, TokenizerRules rules) throws IOException {
    this.files = files;
    this.rules = rules;
    settings = TokenizerSettings.read(files);
  }

  /** Loads the tokenizer of a directory. */
  public static Tokenizer load(Path directory, TokenizerRules rules, TokenizerLimits limits)
      throws IOException {
    TokenizerLoader loader = new TokenizerLoader(new TokenizerFiles(directory, limits), rules);
    return switch (rules) {
      case V1_0_SLOW -> loader.v10();
      case V1_5_SLOW -> loader.slow(SlowDecoding.V1_5);
      case HF_SLOW -> loader.slow(SlowDecoding.hf(loader.addsPrefixSpace()));
      case V1_5_FAST, HF_FAST, HF_SLOW_CONVERTED -> loader.fast();
    };
  }

  /** An explicit null switches the prefix off in transformers 4.57.1, a missing key does not. */
  private boolean addsPrefixSpace() {
    return switch (settings.prefixSpace()) {
      case ABSENT, YES -> true;
      case NULL, NO -> false;
    };
  }

  private Tokenizer v10() throws IOException {
    SentencePieceModel model = files.readModel();
    return new SlowTokenizer(
        V10Tokens.load(model, settings, files),
        SlowTokenizer.profile(settings, true, SlowDecoding.V1_0, V10Tokens::add));
  }

  private Tokenizer slow(SlowDecoding decoding) throws IOException {
    SentencePieceModel model = files.readModel();
    if (!settings.legacy()) {
      throw new UnsupportedModelException(
          files.where(TokenizerFiles.CONFIG)
              + ", legacy: expected true for the slow tokenizer, found false; use the fast rules");
    }
    V15Tokens tokens =
        V15Tokens.read(
            settings, files, SpecialTokenDefaults.of(model), SpecialTokenDefaults.llama());
    return new SlowTokenizer(
        tokens.slow(model), SlowTokenizer.profile(settings, false, decoding, V15Tokens::add));
  }

  private Tokenizer fast() throws IOException {
    boolean converts = !files.has(TokenizerFiles.FAST) || overridesPrefix();
    if (converts && !files.has(TokenizerFiles.MODEL)) {
      throw overridesPrefix()
          ? files.missing(TokenizerFiles.MODEL)
          : files.missing(TokenizerFiles.FAST, TokenizerFiles.MODEL);
    }
    FastParts parts = converts ? convert() : readJson();
    boolean llama = settings.isLlama() || (converts && !settings.namesClass());
    Map<SpecialRole, String> defaults = SpecialTokenDefaults.llama();
    V15Tokens tokens = V15Tokens.read(settings, files, defaults, llama ? defaults : Map.of());
    FastAddedTokens added = addedTokens(parts, tokens);
    Map<SpecialRole, String> roles = new EnumMap<>(SpecialRole.class);
    tokens.roles().forEach((role, token) -> roles.put(role, token.content()));
    FastPipeline pipeline = parts.pipeline();
    if (llama) {
      // the LLaMA classes replace the template of the file by their own
      pipeline =
          pipeline.withTemplate(
              template(settings.addBos(), roles.get(SpecialRole.BOS)),
              template(settings.addEos(), roles.get(SpecialRole.EOS)));
    }
    return new FastTokenizer(parts.model(), pipeline, added, roles);
  }

  private boolean isHf() {
    return rules == TokenizerRules.HF_FAST || rules == TokenizerRules.HF_SLOW_CONVERTED;
  }

  /** See {@link TokenizerRules#HF_SLOW_CONVERTED}. */
  private boolean readsAsSlow() {
    return rules == TokenizerRules.HF_SLOW_CONVERTED
        && settings.prefixSpace() == TokenizerSettings.PrefixSpace.NULL
        && settings.isLlama();
  }

  private boolean overridesPrefix() {
    return isHf()
        && (settings.prefixSpace() == TokenizerSettings.PrefixSpace.YES
            || settings.prefixSpace() == TokenizerSettings.PrefixSpace.NO);
  }

  private FastParts convert() throws IOException {
    FastConverter converter =
        new FastConverter(files.readModel(), files.where(TokenizerFiles.MODEL));
    return isHf() ? converter.hf(addsPrefixSpace(), settings.legacy()) : converter.v15();
  }

  private FastParts readJson() throws IOException {
    JsonNode file = files.readJson(TokenizerFiles.FAST);
    if (file == null) {
      throw files.missing(TokenizerFiles.FAST);
    }
    return new TokenizerJsonReader(file, files.where(TokenizerFiles.FAST), files.limits())
        .read(readsAsSlow());
  }

  private static FastAddedTokens addedTokens(FastParts parts, V15Tokens tokens) {
    FastAddedTokens added = parts.added().with(List.copyOf(tokens.byId().values()));
    tokens
        .byId()
        .forEach(
            (id, token) ->
                tokens.checkId(token.content(), added.ids().getOrDefault(token.content(), -1), id));
    List<AddedToken> special = new ArrayList<>();
    tokens.roles().values().forEach(token -> special.add(token.token()));
    tokens.additional().forEach(token -> special.add(token.token()));
    return added.with(special);
  }

  private static List<String> template(boolean adds, @Nullable String token) {
    return adds && token != null ? List.of(token) : List.of();
  }
}
