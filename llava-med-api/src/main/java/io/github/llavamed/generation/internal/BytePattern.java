package io.github.llavamed.generation.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression as a deterministic automaton over the bytes of UTF-8, built as far as it is
 * used. Confined to one thread.
 */
public final class BytePattern {
  /** The state of a text that cannot become a match any more. */
  public static final int DEAD = -1;

  /** The state of the empty text. */
  public static final int START = 0;

  private static final int UNKNOWN = -2;

  private final ByteNfa nfa;
  private final Map<BitSet, Integer> numbers = new HashMap<>();
  private final List<BitSet> sets = new ArrayList<>();
  private final List<int[]> transitions = new ArrayList<>(); // [states][256]

  private BytePattern(ByteNfa nfa) {
    this.nfa = nfa;
    number(nfa.start());
  }

  /**
   * Returns the automaton of an expression.
   *
   * @throws io.github.llavamed.generation.ConstraintException if it is malformed or too large
   */
  public static BytePattern parse(String pattern) {
    return new BytePattern(ByteNfa.of(PatternParser.parse(pattern)));
  }

  /** Returns whether the whole text matches. */
  public boolean matches(String text) {
    return isMatch(step(START, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the state after further bytes. */
  int step(int state, byte[] bytes) {
    int current = state;
    for (int i = 0; i < bytes.length && current != DEAD; i++) {
      current = step(current, bytes[i] & 0xFF);
    }
    return current;
  }

  private int step(int state, int value) {
    int[] row = transitions.get(state);
    if (row[value] == UNKNOWN) {
      BitSet set = nfa.step(sets.get(state), value);
      row[value] = set.isEmpty() ? DEAD : number(set);
    }
    return row[value];
  }

  /** Returns whether the text so far is a match. */
  boolean isMatch(int state) {
    return state != DEAD && nfa.isEnd(sets.get(state));
  }

  private int number(BitSet set) {
    Integer known = numbers.get(set);
    if (known != null) {
      return known;
    }
    int[] row = new int[256];
    Arrays.fill(row, UNKNOWN);
    numbers.put(set, sets.size());
    sets.add(set);
    transitions.add(row);
    return sets.size() - 1;
  }
}
