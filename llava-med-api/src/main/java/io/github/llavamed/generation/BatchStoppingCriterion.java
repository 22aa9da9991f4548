package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import java.util.List;

/**
 * Says after each step whether a batch that generates in step is complete.
 *
 * <p>Confined to one thread.
 */
@FunctionalInterface
public interface BatchStoppingCriterion {
  /**
   * Takes the next id of every sequence and returns whether the batch should stop after them.
   *
   * @param ids one per sequence, in the batch's order
   */
  boolean accept(int[] ids);

  /**
   * Returns the family's way from sequences to the batch: v1.0 watches the first sequence only;
   * v1.5 and Hugging Face stop when all sequences say so in the same step.
   *
   * @param sequences a criterion per sequence, at least one
   */
  static BatchStoppingCriterion of(ModelFamily family, List<StoppingCriterion> sequences) {
    List<StoppingCriterion> all = List.copyOf(sequences);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("a batch needs at least one sequence");
    }
    return switch (family) {
      case LLAVA_V1_0 -> ids -> all.get(0).accept(ids[0]);
      case LLAVA_V1_5, HF_LLAVA -> ids -> acceptAll(all, ids);
    };
  }

  private static boolean acceptAll(List<StoppingCriterion> sequences, int[] ids) {
    boolean stop = true;
    for (int i = 0; i < sequences.size(); i++) {
      stop &= sequences.get(i).accept(ids[i]);
    }
    return stop;
  }
}
