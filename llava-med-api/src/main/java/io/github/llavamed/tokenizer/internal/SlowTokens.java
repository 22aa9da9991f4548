package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokens that a slow tokenizer keeps whole, and the roles that some of them have.
 *
 * <p>Immutable.
 *
 * @param model the pieces
 * @param added ids of the tokens that count as added, in the order of adding
 * @param whole what text is split on, with the flags that hold there
 * @param roles the token of each role
 * @param additional special tokens without a role
 */
record SlowTokens(
    SentencePieceModel model,
    Map<String, Integer> added,
    Map<String, AddedToken> whole,
    Map<SpecialRole, DeclaredToken> roles,
    List<DeclaredToken> additional) {
  SlowTokens {
    added = Collections.unmodifiableMap(new LinkedHashMap<>(added));
    whole = Collections.unmodifiableMap(new LinkedHashMap<>(whole));
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    additional = List.copyOf(additional);
  }

  /** Returns the id of a token: added ones first, then pieces, then the unknown piece. */
  int id(String token) {
    Integer id = added.get(token);
    return id == null ? model.idOrUnknown(token) : id;
  }

  /** Returns the number of ids, which is the id of the next new token. */
  int size() {
    return size(model, added.values());
  }

  static int size(SentencePieceModel model, Collection<Integer> addedIds) {
    int size = model.size();
    for (int id : addedIds) {
      size += id >= model.size() ? 1 : 0;
    }
    return size;
  }

  /** Returns the texts of all special tokens: roles in their order, then the rest. */
  Set<String> special() {
    Set<String> special = new LinkedHashSet<>();
    roles.values().forEach(token -> special.add(token.content()));
    additional.forEach(token -> special.add(token.content()));
    return special;
  }
}
