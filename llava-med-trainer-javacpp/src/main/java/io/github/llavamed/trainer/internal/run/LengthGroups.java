package io.github.llavamed.trainer.internal.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Shuffles, then sorts every run of {@code window} samples by length, longest first.
 *
 * @param lengths estimated length of each sample; must not be changed
 * @param window samples sorted together, ≥ 1
 * @param longestFirst whether the longest sample of all opens the epoch, so that memory that does
 *     not suffice shows at once
 */
@SuppressWarnings("ArrayRecordComponent") // numbers, compared by identity on purpose
record LengthGroups(int[] lengths, int window, boolean longestFirst) implements Arrangement {
  /** transformers 4.28, {@code get_length_grouped_indices}: at most so many batches together. */
  private static final int MOST_BATCHES = 50;

  private static final int FEWEST_WINDOWS = 4;

  /**
   * Returns transformers' {@code group_by_length}: windows of 50 batches, or a quarter of the data
   * if that is less.
   *
   * @param batch samples of a micro-batch over all ranks
   */
  static LengthGroups wide(int[] lengths, int batch) {
    int batches = Math.min(MOST_BATCHES, lengths.length / (batch * FEWEST_WINDOWS));
    return new LengthGroups(lengths, Math.max(1, batches) * batch, true);
  }

  @Override
  public int[] of(Random random) {
    int[] shuffled = Arrangement.permutation(lengths.length, random);
    List<List<Integer>> windows = new ArrayList<>();
    for (int from = 0; from < shuffled.length; from += window) {
      List<Integer> part = new ArrayList<>();
      for (int i = from; i < Math.min(shuffled.length, from + window); i++) {
        part.add(shuffled[i]);
      }
      // Stable, so that samples of the same length stay in random order.
      part.sort(Comparator.comparingInt((Integer sample) -> lengths[sample]).reversed());
      windows.add(part);
    }
    if (longestFirst) {
      swapLongest(windows);
    }
    return windows.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
  }

  private void swapLongest(List<List<Integer>> windows) {
    List<Integer> holder = windows.get(0);
    for (List<Integer> part : windows) {
      if (lengths[part.get(0)] > lengths[holder.get(0)]) {
        holder = part;
      }
    }
    int first = windows.get(0).get(0);
    windows.get(0).set(0, holder.get(0));
    holder.set(0, first);
  }
}
