package io.github.llavamed.generation;

import java.util.List;

/**
 * How probable one choice is after the prompt. Immutable.
 *
 * @param text the choice
 * @param ids the choice encoded on its own, without BOS
 * @param tokenLogProbs natural logarithm of each id's probability after the prompt and the ids
 *     before it, over all ids
 */
public record ChoiceScore(String text, List<Integer> ids, List<Double> tokenLogProbs) {
  /** Copies the lists. */
  public ChoiceScore {
    ids = List.copyOf(ids);
    tokenLogProbs = List.copyOf(tokenLogProbs);
  }

  /** Returns the log-probability of the whole choice. */
  public double sum() {
    return tokenLogProbs.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Returns the mean log-probability of its ids. */
  public double mean() {
    return sum() / tokenLogProbs.size();
  }

  /** Returns the score of a kind. */
  public double score(ChoiceScoring scoring) {
    return switch (scoring) {
      case SUM -> sum();
      case MEAN -> mean();
    };
  }
}
