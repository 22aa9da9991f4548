package io.github.llavamed.generation.internal;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Allows tokens whose text keeps the answer the beginning of a match. */
final class PatternTokens implements AllowedTokens {
  private final BytePattern pattern;
  private final TokenBytes tokens;
  private final Map<Place, BitSet> known = new HashMap<>();

  /** A state of the automaton, and whether it is that of no token at all. */
  private record Place(int state, boolean isFirst) {}

  PatternTokens(BytePattern pattern, TokenBytes tokens) {
    this.pattern = pattern;
    this.tokens = tokens;
  }

  @Override
  public BitSet after(int[] newIds) {
    return known.computeIfAbsent(
        new Place(state(newIds), newIds.length == 0), place -> allowed(place));
  }

  private BitSet allowed(Place place) {
    BitSet allowed = new BitSet(tokens.size());
    if (place.state() != BytePattern.DEAD) {
      for (int id = 0; id < tokens.size(); id++) {
        byte[] bytes = tokens.of(id, place.isFirst());
        if (bytes.length > 0 && pattern.step(place.state(), bytes) != BytePattern.DEAD) {
          allowed.set(id);
        }
      }
    }
    return allowed;
  }

  @Override
  public boolean mayEndAfter(int[] newIds) {
    return pattern.isMatch(state(newIds));
  }

  private int state(int[] newIds) {
    int state = BytePattern.START;
    for (int i = 0; i < newIds.length && state != BytePattern.DEAD; i++) {
      byte[] bytes = newIds[i] < tokens.size() ? tokens.of(newIds[i], i == 0) : new byte[0];
      state = bytes.length == 0 ? BytePattern.DEAD : pattern.step(state, bytes);
    }
    return state;
  }
}
