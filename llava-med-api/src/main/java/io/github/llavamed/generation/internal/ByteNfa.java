package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.ConstraintException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A regular expression as a non-deterministic automaton over the bytes of UTF-8.
 *
 * <p>Every state can reach the end, so a set of states that is not empty can be completed.
 * Immutable once it is built.
 */
final class ByteNfa {
  /** Bound on states and building steps, against patterns that would fill the memory. */
  private static final int MAX_STEPS = 100_000;

  private static final int END = 0;

  private final List<State> states = new ArrayList<>();
  private int steps;
  private int start;

  /** A state: consumes a byte of a range and goes on, or stands for several others. */
  private record State(int first, int last, int next, List<Integer> others) {}

  static ByteNfa of(PatternNode pattern) {
    ByteNfa nfa = new ByteNfa();
    nfa.states.add(new State(1, 0, END, List.of())); // consumes nothing
    nfa.start = nfa.build(pattern, END);
    return nfa;
  }

  /** Returns the states before the first byte. */
  BitSet start() {
    BitSet closed = new BitSet();
    close(start, closed, new BitSet());
    return closed;
  }

  /** Returns the states after a byte, maybe none. */
  BitSet step(BitSet from, int value) {
    BitSet closed = new BitSet();
    BitSet seen = new BitSet();
    for (int i = from.nextSetBit(0); i >= 0; i = from.nextSetBit(i + 1)) {
      State state = states.get(i);
      if (value >= state.first() && value <= state.last()) {
        close(state.next(), closed, seen);
      }
    }
    return closed;
  }

  /** Returns whether the text may end in one of these states. */
  boolean isEnd(BitSet set) {
    return set.get(END);
  }

  /** Adds the states that are reached without a byte, and were not seen yet. */
  private void close(int state, BitSet closed, BitSet seen) {
    List<Integer> open = new ArrayList<>(List.of(state));
    while (!open.isEmpty()) {
      int next = open.remove(open.size() - 1);
      if (!seen.get(next)) {
        seen.set(next);
        List<Integer> others = states.get(next).others();
        if (others.isEmpty()) {
          closed.set(next);
        }
        open.addAll(others);
      }
    }
  }

  /** Returns the first state of a part after which comes another state. */
  private int build(PatternNode node, int next) {
    countStep();
    if (node instanceof PatternNode.One one) {
      List<Integer> entries = new ArrayList<>();
      for (CodePoints.Range range : one.set().ranges()) {
        Utf8Ranges.of(range).forEach(bytes -> entries.add(chain(bytes, next)));
      }
      return oneOf(entries);
    }
    if (node instanceof PatternNode.Either either) {
      return oneOf(either.parts().stream().map(part -> build(part, next)).toList());
    }
    if (node instanceof PatternNode.Sequence sequence) {
      int entry = next;
      for (int i = sequence.parts().size() - 1; i >= 0; i--) {
        entry = build(sequence.parts().get(i), entry);
      }
      return entry;
    }
    return repeat((PatternNode.Repeat) node, next);
  }

  private int repeat(PatternNode.Repeat repeat, int next) {
    int entry = next;
    if (repeat.most() < 0) {
      int loop = add(new State(1, 0, END, List.of(next)));
      int body = build(repeat.part(), loop);
      states.set(loop, new State(1, 0, END, List.of(body, next)));
      entry = loop;
    } else {
      for (int i = repeat.least(); i < repeat.most(); i++) {
        entry = oneOf(List.of(build(repeat.part(), entry), next));
      }
    }
    for (int i = 0; i < repeat.least(); i++) {
      entry = build(repeat.part(), entry);
    }
    return entry;
  }

  private int chain(int[] byteRanges, int next) {
    int entry = next;
    for (int i = byteRanges.length - 2; i >= 0; i -= 2) {
      entry = add(new State(byteRanges[i], byteRanges[i + 1], entry, List.of()));
    }
    return entry;
  }

  private int oneOf(List<Integer> entries) {
    return entries.size() == 1 ? entries.get(0) : add(new State(1, 0, END, List.copyOf(entries)));
  }

  private int add(State state) {
    countStep();
    states.add(state);
    return states.size() - 1;
  }

  private void countStep() {
    if (++steps > MAX_STEPS) {
      throw new ConstraintException(
          "pattern: expected at most %d states, found more; use fewer or smaller repetitions"
              .formatted(MAX_STEPS));
    }
  }
}
