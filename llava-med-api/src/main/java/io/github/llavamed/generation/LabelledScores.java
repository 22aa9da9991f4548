package io.github.llavamed.generation;

import java.util.List;

/**
 * The scores of the choices of one question, and which choice is right. Immutable.
 *
 * @param scores one per choice, finite, at least two
 * @param label index of the right one
 */
public record LabelledScores(List<Double> scores, int label) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are fewer than two scores, one is not finite, or the
   *     label is none of them
   */
  public LabelledScores {
    scores = List.copyOf(scores);
    if (scores.size() < 2 || !scores.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "scores: expected two or more finite numbers, found " + scores);
    }
    if (label < 0 || label >= scores.size()) {
      throw new IllegalArgumentException(
          "label: expected 0 … %d, found %d".formatted(scores.size() - 1, label));
    }
  }
}
