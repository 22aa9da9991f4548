package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.TokenHistory;
import java.util.Arrays;
import java.util.List;

/** The ids that rules look back at: some before the answer, then the answer's. Immutable. */
record ContextIds(List<Integer> before) {
  ContextIds {
    before = List.copyOf(before);
  }

  /** Returns all of them, the answer's last. */
  int[] with(TokenHistory history) {
    int[] newIds = history.newIds();
    int[] ids = new int[before.size() + newIds.length];
    for (int i = 0; i < before.size(); i++) {
      ids[i] = before.get(i);
    }
    System.arraycopy(newIds, 0, ids, before.size(), newIds.length);
    return ids;
  }

  /** Returns whether a part of the ids that ends before {@code end} is the beginning of others. */
  static boolean endsWith(int[] ids, int end, int[] other, int length) {
    return length <= end && Arrays.equals(ids, end - length, end, other, 0, length);
  }
}
