package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tokens the slow tokenizer of transformers 4.28.1 keeps whole, and what they strip. */
final class V10Tokens {
  /** The roles that the LLaMA class turns from a string into an object on loading. */
  private static final Set<SpecialRole> CAST =
      Set.of(SpecialRole.BOS, SpecialRole.EOS, SpecialRole.UNK, SpecialRole.PAD);

  private V10Tokens() {}

  static SlowTokens load(SentencePieceModel model, TokenizerSettings settings, TokenizerFiles files)
      throws IOException {
    Map<SpecialRole, DeclaredToken> roles =
        SpecialTokenDefaults.resolve(
            settings, true, SpecialTokenDefaults.of(model), SpecialTokenDefaults.llama());
    for (SpecialRole role : CAST) {
      DeclaredToken token = roles.get(role);
      if (token != null && !settings.specialMap().roles().containsKey(role)) {
        roles.put(role, DeclaredToken.object(token.token()));
      }
    }
    List<DeclaredToken> additional =
        settings.specialMap().additional().isEmpty()
            ? settings.config().additional()
            : settings.specialMap().additional();
    SlowTokens tokens = new SlowTokens(model, Map.of(), Map.of(), roles, additional);
    tokens = add(tokens, declaredTokens(tokens, files));
    List<AddedToken> special = new ArrayList<>();
    tokens.special().forEach(content -> special.add(AddedToken.of(content, true)));
    return add(tokens, special);
  }

  /** Reads the added tokens; their ids must go on where the pieces end. */
  private static List<AddedToken> declaredTokens(SlowTokens tokens, TokenizerFiles files)
      throws IOException {
    List<AddedToken> declared = new ArrayList<>();
    String where = files.where(TokenizerFiles.ADDED);
    for (Map.Entry<Integer, String> entry : TokenizerSettings.readAddedTokens(files).entrySet()) {
      int expected = tokens.model().size() + declared.size();
      if (entry.getKey() != expected) {
        throw new MalformedTokenizerException(
            where
                + ", "
                + entry.getValue()
                + ": expected the consecutive id "
                + expected
                + ", found "
                + entry.getKey());
      }
      if (!isUnknown(tokens.added(), tokens, entry.getValue())) {
        throw new MalformedTokenizerException(
            where + ": expected tokens that are no pieces of the model, found " + entry.getValue());
      }
      declared.add(AddedToken.of(entry.getValue(), false));
    }
    return declared;
  }

  /**
   * Adds tokens; a special one is kept whole even if it is known already.
   *
   * <p>A token that no role declares as an object strips white space on both sides.
   */
  static SlowTokens add(SlowTokens tokens, List<AddedToken> more) {
    Map<String, Integer> added = new LinkedHashMap<>(tokens.added());
    Map<String, AddedToken> whole = new LinkedHashMap<>(tokens.whole());
    for (AddedToken token : more) {
      String content = token.content();
      boolean unknown = isUnknown(added, tokens, content);
      if (unknown) {
        added.put(content, SlowTokens.size(tokens.model(), added.values()));
      }
      if (unknown || token.special()) {
        whole.put(content, flags(tokens, content));
      }
    }
    return new SlowTokens(tokens.model(), added, whole, tokens.roles(), tokens.additional());
  }

  private static boolean isUnknown(Map<String, Integer> added, SlowTokens tokens, String content) {
    DeclaredToken unk = tokens.roles().get(SpecialRole.UNK);
    return unk != null
        && !content.equals(unk.content())
        && id(added, tokens, content) == id(added, tokens, unk.content());
  }

  private static int id(Map<String, Integer> added, SlowTokens tokens, String content) {
    Integer id = added.get(content);
    return id == null ? tokens.model().idOrUnknown(content) : id;
  }

  private static AddedToken flags(SlowTokens tokens, String content) {
    List<DeclaredToken> declared = new ArrayList<>(tokens.roles().values());
    declared.addAll(tokens.additional());
    AddedToken flags = new AddedToken(content, true, false, true, true, false);
    for (DeclaredToken token : declared) {
      if (!token.plain() && token.content().equals(content)) {
        AddedToken object = token.token();
        flags = new AddedToken(content, true, false, object.lstrip(), object.rstrip(), false);
      }
    }
    return flags;
  }
}
