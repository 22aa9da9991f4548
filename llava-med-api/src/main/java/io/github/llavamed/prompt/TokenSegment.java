package io.github.llavamed.prompt;

import java.util.Arrays;

/** A run of token ids. Immutable. */
public final class TokenSegment implements InputSegment {
  private final int[] ids;

  private TokenSegment(int[] ids) {
    this.ids = ids;
  }

  /** Returns a segment with a copy of these ids. */
  public static TokenSegment of(int... ids) {
    return new TokenSegment(ids.clone());
  }

  /** Returns a copy of the ids. */
  public int[] ids() {
    return ids.clone();
  }

  /** Returns the id at a place of the run. */
  public int id(int index) {
    return ids[index];
  }

  @Override
  public int length() {
    return ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenSegment segment && Arrays.equals(ids, segment.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return "TokenSegment" + Arrays.toString(ids);
  }
}
