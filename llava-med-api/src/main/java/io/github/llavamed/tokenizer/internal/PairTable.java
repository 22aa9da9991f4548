package io.github.llavamed.tokenizer.internal;

import java.util.Arrays;
import java.util.List;

/** Finds the rank and the result of merging two ids. Immutable. */
final class PairTable {
  /** One merge: the ids that meet and the id that they become. */
  record Merge(int left, int right, int merged) {}

  private final long[] keys;
  private final int[] ranks; // by slot, -1 for an empty slot
  private final int[] merged; // by rank
  private final int mask;

  /** Creates the table; the rank of a merge is its place, the last one of equal pairs counts. */
  PairTable(List<Merge> merges) {
    int capacity = Integer.highestOneBit(Math.max(merges.size(), 4)) << 2;
    keys = new long[capacity];
    ranks = new int[capacity];
    Arrays.fill(ranks, -1);
    merged = new int[merges.size()];
    mask = capacity - 1;
    for (int rank = 0; rank < merged.length; rank++) {
      Merge merge = merges.get(rank);
      merged[rank] = merge.merged();
      int slot = slot(merge.left(), merge.right());
      keys[slot] = key(merge.left(), merge.right());
      ranks[slot] = rank;
    }
  }

  /** Returns the rank of a pair, -1 if it does not merge. */
  int rank(int left, int right) {
    return ranks[slot(left, right)];
  }

  int merged(int rank) {
    return merged[rank];
  }

  /** Returns the slot that holds the pair, or the empty one where it would go. */
  private int slot(int left, int right) {
    long key = key(left, right);
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (ranks[slot] >= 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }
}
