package io.github.llavamed.generation;

import java.util.Arrays;
import java.util.List;

/** The ids of one generation: the prompt's, and the new ones as they come. One thread. */
public final class TokenHistory {
  private final List<Integer> promptIds;
  private int[] newIds = new int[64];
  private int size;

  /**
   * Starts after a prompt with these ids, image positions as the family's processor writes them.
   */
  public TokenHistory(List<Integer> promptIds) {
    this.promptIds = List.copyOf(promptIds);
  }

  /** Returns the ids of the prompt. */
  public List<Integer> promptIds() {
    return promptIds;
  }

  /** Returns the number of new ids. */
  public int size() {
    return size;
  }

  /**
   * Returns a new id.
   *
   * @param index 0 … {@link #size()} - 1
   */
  public int newId(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException("new id " + index + " of " + size);
    }
    return newIds[index];
  }

  /** Returns a copy of the new ids. */
  public int[] newIds() {
    return Arrays.copyOf(newIds, size);
  }

  /** Returns an independent history with the same ids. */
  TokenHistory copy() {
    TokenHistory copy = new TokenHistory(promptIds);
    copy.newIds = newIds.clone();
    copy.size = size;
    return copy;
  }

  void add(int id) {
    if (size == newIds.length) {
      newIds = Arrays.copyOf(newIds, Math.multiplyExact(size, 2));
    }
    newIds[size++] = id;
  }
}
