package io.github.llavamed.trainer.internal.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Groups samples with images and samples of text alone by length, each kind for itself, and
 * shuffles the groups; what is left of both comes last. As {@code group_by_modality_length} of
 * later LLaVA.
 *
 * @param lengths estimated length of each sample; must not be changed
 * @param images whether each sample has an image; must not be changed
 * @param group samples of a step over all ranks, ≥ 1
 */
@SuppressWarnings("ArrayRecordComponent") // numbers, compared by identity on purpose
record ModalityGroups(int[] lengths, boolean[] images, int group) implements Arrangement {
  @Override
  public int[] of(Random random) {
    List<int[]> groups = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (boolean withImage : new boolean[] {true, false}) {
      int[] kind = IntStream.range(0, lengths.length).filter(i -> images[i] == withImage).toArray();
      int[] ofKind = Arrays.stream(kind).map(i -> lengths[i]).toArray();
      int[] sorted = new LengthGroups(ofKind, group, false).of(random);
      int whole = sorted.length / group * group;
      for (int from = 0; from < whole; from += group) {
        int[] part = new int[group];
        for (int i = 0; i < group; i++) {
          part[i] = kind[sorted[from + i]];
        }
        groups.add(part);
      }
      Arrays.stream(sorted, whole, sorted.length).forEach(i -> rest.add(kind[i]));
    }
    IntStream shuffled =
        Arrays.stream(Arrangement.permutation(groups.size(), random))
            .flatMap(number -> Arrays.stream(groups.get(number)));
    return IntStream.concat(shuffled, rest.stream().mapToInt(Integer::intValue)).toArray();
  }
}
