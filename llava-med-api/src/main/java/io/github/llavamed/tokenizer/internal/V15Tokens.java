package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which tokens the tokenizers of transformers 4.36.2 to 4.57.1 keep whole, slow and fast.
 *
 * @param byId added tokens with the ids that the files give them
 * @param roles the token of each role, flags resolved
 * @param additional special tokens without a role
 * @param where the file that gives the ids
 */
record V15Tokens(
    SortedMap<Integer, AddedToken> byId,
    Map<SpecialRole, DeclaredToken> roles,
    List<DeclaredToken> additional,
    String where) {
  /**
   * Reads the declarations. {@code special_tokens_map.json}, {@code added_tokens.json} and the
   * added tokens of {@code tokenizer.json} count only where {@code tokenizer_config.json} has no
   * {@code added_tokens_decoder}.
   */
  static V15Tokens read(
      TokenizerSettings settings,
      TokenizerFiles files,
      Map<SpecialRole, String> blank,
      Map<SpecialRole, String> absent)
      throws IOException {
    SortedMap<Integer, AddedToken> decoder = settings.addedTokensDecoder();
    boolean old = decoder == null;
    Map<SpecialRole, DeclaredToken> roles =
        SpecialTokenDefaults.resolve(settings, old, blank, absent);
    Set<DeclaredToken> additional = new LinkedHashSet<>(settings.config().additional());
    if (old) {
      additional.addAll(settings.specialMap().additional());
    }
    SortedMap<Integer, AddedToken> byId = new TreeMap<>();
    Map<String, AddedToken> byContent = new HashMap<>();
    if (decoder != null) {
      byId.putAll(decoder);
      decoder.values().forEach(token -> byContent.put(token.content(), token));
    } else {
      byId.putAll(oldAddedTokens(files, contents(roles, additional)));
      SortedMap<Integer, AddedToken> fast = fastAddedTokens(files);
      byId.putAll(fast);
      fast.values().forEach(token -> byContent.put(token.content(), token));
    }
    roles.replaceAll((role, token) -> resolved(token, byContent));
    return new V15Tokens(
        byId,
        roles,
        List.copyOf(additional),
        files.where(decoder == null ? TokenizerFiles.ADDED : TokenizerFiles.CONFIG));
  }

  private static DeclaredToken resolved(DeclaredToken token, Map<String, AddedToken> byContent) {
    AddedToken declared = byContent.getOrDefault(token.content(), token.token());
    return DeclaredToken.object(
        new AddedToken(
            declared.content(),
            true,
            declared.singleWord(),
            declared.lstrip(),
            declared.rstrip(),
            declared.normalized()));
  }

  private static Set<String> contents(
      Map<SpecialRole, DeclaredToken> roles, Set<DeclaredToken> additional) {
    Set<String> contents = new LinkedHashSet<>();
    roles.values().forEach(token -> contents.add(token.content()));
    additional.forEach(token -> contents.add(token.content()));
    return contents;
  }

  private static SortedMap<Integer, AddedToken> oldAddedTokens(
      TokenizerFiles files, Set<String> special) throws IOException {
    SortedMap<Integer, AddedToken> tokens = new TreeMap<>();
    TokenizerSettings.readAddedTokens(files)
        .forEach((id, text) -> tokens.put(id, AddedToken.of(text, special.contains(text))));
    return tokens;
  }

  private static SortedMap<Integer, AddedToken> fastAddedTokens(TokenizerFiles files)
      throws IOException {
    SortedMap<Integer, AddedToken> tokens = new TreeMap<>();
    JsonNode file = files.readJson(TokenizerFiles.FAST);
    if (file != null) {
      JsonFields fields = new JsonFields(file, files.where(TokenizerFiles.FAST));
      for (JsonNode node : fields.array("added_tokens")) {
        JsonFields token = new JsonFields(node, fields.where("added_tokens"));
        tokens.put(
            JsonFields.integer(token.get("id"), token.where("id")),
            token.addedToken(false, files.limits()));
      }
    }
    return tokens;
  }

  /** Builds the tokens of a slow tokenizer; ids must be those of pieces or go on after them. */
  SlowTokens slow(SentencePieceModel model) {
    Map<String, Integer> added = new LinkedHashMap<>();
    Map<String, AddedToken> whole = new LinkedHashMap<>();
    for (Map.Entry<Integer, AddedToken> entry : byId.entrySet()) {
      AddedToken token = entry.getValue();
      int expected = model.idOf(token.content()).orElse(SlowTokens.size(model, added.values()));
      checkId(token.content(), expected, entry.getKey());
      added.put(token.content(), expected);
      whole.put(token.content(), token);
    }
    List<DeclaredToken> special = new ArrayList<>(roles.values());
    special.addAll(additional);
    for (DeclaredToken token : special) {
      boolean known = added.containsKey(token.content());
      if (!known) {
        int next = SlowTokens.size(model, added.values());
        added.put(token.content(), model.idOf(token.content()).orElse(next));
      }
      if (!known || !token.plain()) {
        whole.put(token.content(), token.token()); // a plain string leaves known flags alone
      }
    }
    return new SlowTokens(model, added, whole, roles, additional);
  }

  /** Checks that a token gets the id that the files give it. */
  void checkId(String content, int expected, int found) {
    if (expected != found) {
      throw new MalformedTokenizerException(
          where
              + ", added token "
              + content
              + ": expected id "
              + expected
              + " (that of its piece, or the next free one), found "
              + found);
    }
  }

  /** Adds tokens to a slow tokenizer; a known one stays as it is. */
  static SlowTokens add(SlowTokens tokens, List<AddedToken> more) {
    Map<String, Integer> added = new LinkedHashMap<>(tokens.added());
    Map<String, AddedToken> whole = new LinkedHashMap<>(tokens.whole());
    List<DeclaredToken> additional = new ArrayList<>(tokens.additional());
    Set<String> special = tokens.special();
    for (AddedToken token : more) {
      String content = token.content();
      if (added.containsKey(content)) {
        continue;
      }
      int next = SlowTokens.size(tokens.model(), added.values());
      added.put(content, tokens.model().idOf(content).orElse(next));
      whole.put(content, token);
      if (token.special() && special.add(content)) {
        additional.add(DeclaredToken.object(token));
      }
    }
    return new SlowTokens(tokens.model(), added, whole, tokens.roles(), additional);
  }
}
