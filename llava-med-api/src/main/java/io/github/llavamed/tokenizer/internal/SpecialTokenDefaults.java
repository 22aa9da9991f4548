package io.github.llavamed.tokenizer.internal;

import java.util.EnumMap;
import java.util.Map;

/** Fills the roles that every LLaMA tokenizer has where the files leave them out or blank. */
final class SpecialTokenDefaults {
  private SpecialTokenDefaults() {}

  /** Returns the tokens of the LLaMA classes: {@code <s>}, {@code </s>}, {@code <unk>}. */
  static Map<SpecialRole, String> llama() {
    return Map.of(SpecialRole.BOS, "<s>", SpecialRole.EOS, "</s>", SpecialRole.UNK, "<unk>");
  }

  /** Returns the control pieces of a model, for declarations that are blank. */
  static Map<SpecialRole, String> of(SentencePieceModel model) {
    return Map.of(
        SpecialRole.BOS,
        model.settings().bosPiece(),
        SpecialRole.EOS,
        model.settings().eosPiece(),
        SpecialRole.UNK,
        model.piece(model.unkId()).text());
  }

  /**
   * Joins the declarations of {@code tokenizer_config.json} and, if it overrides, of {@code
   * special_tokens_map.json}.
   *
   * @param blank tokens for roles whose last declaration is blank
   * @param absent tokens for roles that are not declared
   */
  static Map<SpecialRole, DeclaredToken> resolve(
      TokenizerSettings settings,
      boolean mapOverrides,
      Map<SpecialRole, String> blank,
      Map<SpecialRole, String> absent) {
    Map<SpecialRole, DeclaredToken> roles = new EnumMap<>(SpecialRole.class);
    for (SpecialRole role : SpecialRole.values()) {
      TokenizerSettings.Declared last =
          mapOverrides && declares(settings.specialMap(), role)
              ? settings.specialMap()
              : settings.config();
      DeclaredToken token = last.roles().get(role);
      String fallback = (last.blank().contains(role) ? blank : absent).get(role);
      if (token != null) {
        roles.put(role, token);
      } else if (fallback != null) {
        roles.put(role, DeclaredToken.object(DeclaredToken.plain(fallback).token()));
      }
    }
    return roles;
  }

  private static boolean declares(TokenizerSettings.Declared file, SpecialRole role) {
    return file.roles().containsKey(role) || file.blank().contains(role);
  }
}
