package io.github.llavamed.prompt.internal;

import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects segments in order; empty ones vanish. Confined to one thread. */
public final class SegmentList {
  private final List<InputSegment> segments = new ArrayList<>();

  /** Creates an empty list. */
  public SegmentList() {}

  /** Appends the ids from {@code from} to before {@code to}. */
  void tokens(int[] ids, int from, int to) {
    if (to > from) {
      segments.add(TokenSegment.of(Arrays.copyOfRange(ids, from, to)));
    }
  }

  void image(int imageIndex, int firstRow, int rows) {
    if (rows > 0) {
      segments.add(new ImageSegment(imageIndex, firstRow, rows));
    }
  }

  List<InputSegment> toList() {
    return List.copyOf(segments);
  }

  /**
   * Returns the first {@code maxLength} positions of segments; the last one may become shorter,
   * also inside an image.
   */
  public static List<InputSegment> cut(List<InputSegment> segments, int maxLength) {
    SegmentList kept = new SegmentList();
    int left = maxLength;
    for (InputSegment segment : segments) {
      int length = Math.min(left, segment.length());
      left -= length;
      if (segment instanceof TokenSegment tokens) {
        kept.tokens(tokens.ids(), 0, length);
      } else if (segment instanceof ImageSegment image) {
        kept.image(image.imageIndex(), image.firstRow(), length);
      }
    }
    return kept.toList();
  }
}
