package io.github.llavamed.onnx.internal.runtime;

import java.util.Arrays;

/**
 * Says in which slot each sequence of a batch lies and how long it is.
 *
 * <p>The sequences fill the first slots, in any order, so that the runtime can be given these
 * alone. Confined to one thread.
 */
final class BatchPlaces {
  private int[] slotOf = {}; // By sequence: a permutation.
  private int[] lengths = {}; // By slot.

  /** Copies a slot's positions to another slot. */
  @FunctionalInterface
  interface Copy {
    /**
     * Copies.
     *
     * @param count positions to copy
     */
    void copy(int toSlot, int fromSlot, int count);
  }

  /** Returns the number of sequences. */
  int size() {
    return slotOf.length;
  }

  /** Returns the slot of a sequence. */
  int slotOf(int sequence) {
    return slotOf[sequence];
  }

  /** Returns the length of the sequence in a slot. */
  int length(int slot) {
    return lengths[slot];
  }

  /** Returns the length of the longest sequence, 0 if there is none. */
  int longest() {
    return Arrays.stream(lengths).max().orElse(0);
  }

  /** Adds a sequence behind the others, in the slot behind theirs. */
  void add(int length) {
    int size = slotOf.length;
    slotOf = Arrays.copyOf(slotOf, size + 1);
    lengths = Arrays.copyOf(lengths, size + 1);
    slotOf[size] = size;
    lengths[size] = length;
  }

  /** Makes every sequence one position longer. */
  void grow() {
    for (int slot = 0; slot < lengths.length; slot++) {
      lengths[slot]++;
    }
  }

  /**
   * Makes the next sequences continue these ones. A sequence stays in its slot if that is one of
   * the first; what lies elsewhere or is continued more than once is copied into free slots.
   *
   * @param parents for each of the next sequences the one it continues, at most as many as the
   *     storage has slots
   */
  void continueFrom(int[] parents, Copy copy) {
    int size = parents.length;
    int[] next = new int[size];
    int[] nextLengths = new int[size];
    boolean[] taken = new boolean[size];
    Arrays.fill(next, -1);
    for (int i = 0; i < size; i++) {
      int slot = slotOf[parents[i]];
      if (slot < size && !taken[slot]) {
        taken[slot] = true;
        next[i] = slot;
        nextLengths[slot] = lengths[slot];
      }
    }
    int free = 0;
    for (int i = 0; i < size; i++) {
      if (next[i] < 0) {
        while (taken[free]) {
          free++;
        }
        taken[free] = true;
        next[i] = free;
        int from = slotOf[parents[i]];
        nextLengths[free] = lengths[from];
        copy.copy(free, from, lengths[from]); // A free slot holds nothing that is continued.
      }
    }
    slotOf = next;
    lengths = nextLengths;
  }
}
