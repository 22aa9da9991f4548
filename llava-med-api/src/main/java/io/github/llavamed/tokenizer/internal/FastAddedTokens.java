package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.AddedToken;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The added vocabulary of the {@code tokenizers} library: which texts are tokens as they stand.
 *
 * <p>Immutable.
 */
final class FastAddedTokens {
  /**
   * A stretch of text.
   *
   * @param id id of the token it is, -1 for ordinary text
   */
  record Stretch(int id, int from, int to) {}

  private final FastModel model;
  private final List<TextStep> normalizer;
  private final Map<String, Integer> ids; // in the order of adding
  private final Map<Integer, AddedToken> flags; // by id: those of the first registration
  private final Map<String, AddedToken> special;
  private final Map<String, AddedToken> ordinary;
  private final int size;
  private final Matcher plainMatcher;
  private final Matcher normalizedMatcher;

  /** The patterns of one pass. */
  private record Matcher(TokenTrie trie, Map<String, Integer> idByPattern) {}

  FastAddedTokens(FastModel model, List<TextStep> normalizer) {
    this(model, normalizer, Map.of(), Map.of(), Map.of(), Map.of(), model.size());
  }

  private FastAddedTokens(
      FastModel model,
      List<TextStep> normalizer,
      Map<String, Integer> ids,
      Map<Integer, AddedToken> flags,
      Map<String, AddedToken> special,
      Map<String, AddedToken> ordinary,
      int size) {
    this.model = model;
    this.normalizer = List.copyOf(normalizer);
    this.ids = ids;
    this.flags = flags;
    this.special = special;
    this.ordinary = ordinary;
    this.size = size;
    plainMatcher = matcher(false);
    normalizedMatcher = matcher(true);
  }

  /** Returns a vocabulary with more tokens; a known one keeps id and flags but may turn special. */
  FastAddedTokens with(List<AddedToken> tokens) {
    Map<String, Integer> newIds = new LinkedHashMap<>(ids);
    Map<Integer, AddedToken> newFlags = new HashMap<>(flags);
    Map<String, AddedToken> newSpecial = new LinkedHashMap<>(special);
    Map<String, AddedToken> newOrdinary = new LinkedHashMap<>(ordinary);
    int newSize = size;
    for (AddedToken token : tokens) {
      if (token.special()) {
        newSpecial.putIfAbsent(token.content(), token);
      }
      if (newIds.containsKey(token.content())) {
        continue;
      }
      int id = model.idOf(token.content()).orElse(newSize);
      newSize = Math.max(newSize, id + 1);
      newIds.put(token.content(), id);
      newFlags.put(id, token);
      if (!newSpecial.containsKey(token.content())) {
        newOrdinary.put(token.content(), token);
      }
    }
    return new FastAddedTokens(
        model, normalizer, newIds, newFlags, newSpecial, newOrdinary, newSize);
  }

  private Matcher matcher(boolean normalized) {
    Map<String, Integer> idByPattern = new LinkedHashMap<>();
    List<AddedToken> all = new ArrayList<>(special.values());
    all.addAll(ordinary.values());
    for (AddedToken token : all) {
      Integer id = ids.get(token.content());
      if (token.normalized() == normalized && id != null) {
        String pattern = normalized ? normalize(token.content()) : token.content();
        idByPattern.putIfAbsent(pattern, id);
      }
    }
    return new Matcher(new TokenTrie(idByPattern.keySet()), idByPattern);
  }

  String normalize(String text) {
    String normalized = text;
    for (TextStep step : normalizer) {
      normalized = step.apply(normalized);
    }
    return normalized;
  }

  Map<String, Integer> ids() {
    return Collections.unmodifiableMap(ids);
  }

  Set<String> special() {
    return Collections.unmodifiableSet(special.keySet());
  }

  /** Returns the number of ids, pieces included. */
  int size() {
    return size;
  }

  /** Cuts text at the tokens that are looked for before or after normalisation. */
  List<Stretch> find(String text, boolean normalized) {
    Matcher matcher = normalized ? normalizedMatcher : plainMatcher;
    List<Stretch> stretches = new ArrayList<>();
    int done = 0;
    int at = 0;
    while (at < text.length()) {
      int end = matcher.trie().longestMatch(text, at);
      if (end < 0) {
        at++;
        continue;
      }
      Integer id = matcher.idByPattern().get(text.substring(at, end));
      AddedToken token = id == null ? null : flags.get(id);
      if (id != null && token != null && (!token.singleWord() || standsAlone(text, at, end))) {
        int from = token.lstrip() ? Math.max(done, spaceBefore(text, at)) : at;
        int to = token.rstrip() ? spaceAfter(text, end) : end;
        if (done < from) {
          stretches.add(new Stretch(-1, done, from));
        }
        stretches.add(new Stretch(id, from, to));
        done = to;
      }
      at = end;
    }
    if (done < text.length()) {
      stretches.add(new Stretch(-1, done, text.length()));
    }
    return stretches;
  }

  private static int spaceBefore(String text, int at) {
    int from = at;
    while (from > 0 && PythonSpace.isRustSpace(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int spaceAfter(String text, int at) {
    int to = at;
    while (to < text.length() && PythonSpace.isRustSpace(text.charAt(to))) {
      to++;
    }
    return to;
  }

  private static boolean standsAlone(String text, int from, int to) {
    return (from == 0 || !isWord(text.codePointBefore(from)))
        && (to == text.length() || !isWord(text.codePointAt(to)));
  }

  /** Returns whether {@code \w} of Rust's regular expressions matches (UTS 18, annex C). */
  private static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || c == 0x200C
        || c == 0x200D
        || switch (Character.getType(c)) {
          case Character.DECIMAL_DIGIT_NUMBER,
              Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> false;
        };
  }
}
