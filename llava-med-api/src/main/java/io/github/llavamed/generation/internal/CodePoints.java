package io.github.llavamed.generation.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode scalar values as ranges in order that do not touch. Immutable.
 *
 * @param ranges of the set
 */
record CodePoints(List<Range> ranges) {
  private static final int FIRST_SURROGATE = 0xD800;
  private static final int LAST_SURROGATE = 0xDFFF;

  static final CodePoints DIGITS = of('0', '9');
  static final CodePoints WORD =
      union(List.of(of('a', 'z'), of('A', 'Z'), of('0', '9'), of('_', '_')));
  static final CodePoints SPACE = union(List.of(of(' ', ' '), of('\t', '\r')));
  static final CodePoints NOT_LINE_FEED = of('\n', '\n').complement();

  /** Both ends belong to it. */
  record Range(int first, int last) {}

  static CodePoints of(int first, int last) {
    return union(List.of(new CodePoints(List.of(new Range(first, last)))));
  }

  /** Returns everything that is in one of the sets, surrogates left out. */
  static CodePoints union(List<CodePoints> sets) {
    List<Range> sorted =
        sets.stream()
            .flatMap(set -> set.ranges().stream())
            .flatMap(range -> withoutSurrogates(range).stream())
            .sorted(Comparator.comparingInt(Range::first))
            .toList();
    List<Range> merged = new ArrayList<>();
    for (Range range : sorted) {
      int end = merged.size() - 1;
      if (end >= 0 && range.first() <= merged.get(end).last() + 1) {
        Range before = merged.get(end);
        merged.set(end, new Range(before.first(), Math.max(before.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    return new CodePoints(List.copyOf(merged));
  }

  private static List<Range> withoutSurrogates(Range range) {
    List<Range> parts = new ArrayList<>();
    if (range.first() < FIRST_SURROGATE) {
      parts.add(new Range(range.first(), Math.min(range.last(), FIRST_SURROGATE - 1)));
    }
    if (range.last() > LAST_SURROGATE) {
      parts.add(new Range(Math.max(range.first(), LAST_SURROGATE + 1), range.last()));
    }
    return parts;
  }

  CodePoints complement() {
    List<CodePoints> gaps = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      if (range.first() > next) {
        gaps.add(new CodePoints(List.of(new Range(next, range.first() - 1))));
      }
      next = range.last() + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      gaps.add(new CodePoints(List.of(new Range(next, Character.MAX_CODE_POINT))));
    }
    return union(gaps);
  }
}
