package io.github.llavamed.tokenizer.internal;

import java.util.Arrays;

/**
 * Merges neighbouring symbols by rank, then leftmost, until no rule applies: the loop that
 * SentencePiece and the {@code tokenizers} library share.
 *
 * <p>O(n log n) for n symbols. A queue entry is one long, rank and position; an entry that no
 * longer stands for the best merge of its position is dropped when it comes up, so that an outdated
 * one never merges at a rank that its pair does not have.
 */
final class MergeLoop {
  /** What may be merged, and how. */
  interface Rules {
    /** The rank of a pair that no rule merges. */
    int NONE = -1;

    /** Returns the rank of merging two neighbours, smaller first; {@link #NONE} if none does. */
    int rank(int left, int right);

    /** Makes the left symbol the merged one; the right one is gone. */
    void merge(int left, int right);
  }

  private final Rules rules;
  private final int[] next;
  private final int[] previous;
  private final int[] rankAt; // rank of the symbol with its right neighbour
  private final LongHeap queue;

  private MergeLoop(int count, Rules rules) {
    this.rules = rules;
    next = new int[count];
    previous = new int[count];
    rankAt = new int[count];
    queue = new LongHeap(count);
    Arrays.fill(rankAt, Rules.NONE);
    for (int i = 0; i < count; i++) {
      next[i] = i + 1 < count ? i + 1 : -1;
      previous[i] = i - 1;
    }
  }

  /**
   * Runs the merges over symbols 0 … count - 1.
   *
   * @return for each symbol that is left its right neighbour, -1 at the end; symbol 0 is the first
   */
  static int[] run(int count, Rules rules) {
    MergeLoop loop = new MergeLoop(count, rules);
    for (int i = 1; i < count; i++) {
      loop.offer(i - 1, i);
    }
    loop.drain();
    return loop.next;
  }

  private void drain() {
    while (!queue.isEmpty()) {
      long entry = queue.pop();
      int left = (int) entry;
      if (rankAt[left] != (int) (entry >>> 32)) {
        continue;
      }
      int right = next[left];
      rules.merge(left, right);
      next[left] = next[right];
      if (next[right] >= 0) {
        previous[next[right]] = left;
      }
      rankAt[right] = Rules.NONE;
      offer(previous[left], left);
      offer(left, next[left]);
    }
  }

  private void offer(int left, int right) {
    if (left < 0) {
      return;
    }
    rankAt[left] = right < 0 ? Rules.NONE : rules.rank(left, right);
    if (rankAt[left] != Rules.NONE) {
      queue.push((long) rankAt[left] << 32 | left);
    }
  }
}
