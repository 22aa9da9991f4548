package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.SamplingConfig;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Chooses the candidates of a beam search among all continuations of all beams. */
public sealed interface BeamChoice {
  /**
   * Returns the indexes of the candidates.
   *
   * @param scores of all continuations // [beams * v]
   * @param count number of candidates, fewer if there are fewer continuations
   * @param step number of tokens before
   */
  int[] choose(float[] scores, int count, int step);

  /**
   * Returns the choice of a configuration.
   *
   * @param sorted whether candidates that were drawn are put in order, best first
   */
  static BeamChoice of(SamplingConfig sampling, boolean sorted) {
    return sampling.isRandom() ? new Drawn(sampling.seed(), sorted) : new Best();
  }

  /** Takes the largest scores, largest first. */
  record Best() implements BeamChoice {
    @Override
    public int[] choose(float[] scores, int count, int step) {
      return TopTokens.best(scores, Math.min(count, scores.length));
    }
  }

  /**
   * Draws by the softmax of the scores, none twice.
   *
   * @param seed decides the draws
   * @param sorted whether they are put in order, best first
   */
  record Drawn(long seed, boolean sorted) implements BeamChoice {
    @Override
    public int[] choose(float[] scores, int count, int step) {
      double[] probabilities = Probabilities.softmax(scores);
      CounterRandom random = new CounterRandom(seed, step);
      Integer[] drawn = new Integer[Math.min(count, scores.length)];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = next(probabilities, random.uniform(i), Arrays.asList(drawn).subList(0, i));
        probabilities[drawn[i]] = 0;
      }
      if (sorted) {
        Arrays.sort(drawn, Comparator.comparingDouble((Integer i) -> -scores[i]));
      }
      return Arrays.stream(drawn).mapToInt(Integer::intValue).toArray();
    }

    /** Returns the next index; when no probability is left, the lowest that was not drawn. */
    private static int next(double[] probabilities, double uniform, List<Integer> drawn) {
      int index = RandomSampler.draw(probabilities, uniform);
      while (drawn.contains(index)) {
        index = (index + 1) % probabilities.length;
      }
      return index;
    }
  }
}
