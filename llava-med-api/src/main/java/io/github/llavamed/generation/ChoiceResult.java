package io.github.llavamed.generation;

import io.github.llavamed.prompt.Prompt;
import java.util.List;

/**
 * How probable each of several given answers is, and where that came from. Immutable.
 *
 * @param choices in the order of the request
 * @param prompt the prompt as it was put to the model
 * @param timing where the time went
 * @param origin the model that was asked and what it ran on
 */
public record ChoiceResult(
    List<ChoiceScore> choices, Prompt prompt, GenerationTiming timing, ModelDescription origin) {
  /** Copies the list. */
  public ChoiceResult {
    choices = List.copyOf(choices);
  }

  /** Returns the score of each choice. */
  public List<Double> scores(ChoiceScoring scoring) {
    return choices.stream().map(choice -> choice.score(scoring)).toList();
  }

  /**
   * Returns the probability of each choice if it must be one of them: the softmax of the scores.
   */
  public List<Double> probabilities(ChoiceScoring scoring) {
    return probabilities(scoring, TemperatureCalibration.NONE);
  }

  /** Returns the probability of each choice if it must be one of them, calibrated. */
  public List<Double> probabilities(ChoiceScoring scoring, TemperatureCalibration calibration) {
    return calibration.probabilities(scores(scoring));
  }

  /** Returns the choice of the best score, of equals the first. */
  public ChoiceScore best(ChoiceScoring scoring) {
    ChoiceScore best = choices.get(0);
    for (ChoiceScore choice : choices) {
      best = choice.score(scoring) > best.score(scoring) ? choice : best;
    }
    return best;
  }
}
