package io.github.llavamed.generation;

import java.util.ArrayList;
import java.util.List;

/**
 * One temperature that makes the probabilities of choices honest: divides scores before the
 * softmax. Immutable.
 *
 * <p>Temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017): the order of
 * the choices stays, only how sure they are changes.
 *
 * @param temperature above 0; above 1 makes less sure
 */
public record TemperatureCalibration(double temperature) {
  /** Changes nothing. */
  public static final TemperatureCalibration NONE = new TemperatureCalibration(1);

  /** Bounds of a fitted temperature. */
  public static final double MIN_TEMPERATURE = 1e-3;

  /** Bounds of a fitted temperature. */
  public static final double MAX_TEMPERATURE = 1e3;

  /** Halvings of the logarithm's interval, more than double precision can tell apart. */
  private static final int HALVINGS = 64;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the temperature is not a finite number above 0
   */
  public TemperatureCalibration {
    if (!(temperature > 0) || temperature == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "temperature: expected a finite number above 0, found " + temperature);
    }
  }

  /**
   * Returns the temperature of the smallest {@link #loss} on examples.
   *
   * <p>The loss is convex in the inverse of the temperature; its slope is followed by bisection. If
   * the best temperature is outside the bounds, as when every or no best choice is right, it is the
   * bound.
   *
   * @param examples at least one
   */
  public static TemperatureCalibration fit(List<LabelledScores> examples) {
    requireExamples(examples);
    double low = Math.log(MIN_TEMPERATURE);
    double high = Math.log(MAX_TEMPERATURE);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      // A positive slope in the inverse: the loss falls with a higher temperature.
      if (slope(examples, Math.exp(-middle)) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new TemperatureCalibration(Math.exp((low + high) / 2));
  }

  private static void requireExamples(List<LabelledScores> examples) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("examples: expected at least one, found none");
    }
  }

  /** Returns the derivative of the loss by the inverse temperature. */
  private static double slope(List<LabelledScores> examples, double inverse) {
    TemperatureCalibration at = new TemperatureCalibration(1 / inverse);
    double sum = 0;
    for (LabelledScores example : examples) {
      List<Double> probabilities = at.probabilities(example.scores());
      for (int i = 0; i < probabilities.size(); i++) {
        sum += probabilities.get(i) * example.scores().get(i);
      }
      sum -= example.scores().get(example.label());
    }
    return sum / examples.size();
  }

  /**
   * Returns the mean negative log-probability of the right choices.
   *
   * @param examples at least one
   */
  public double loss(List<LabelledScores> examples) {
    requireExamples(examples);
    double sum = 0;
    for (LabelledScores example : examples) {
      double best = best(example.scores());
      double total = 0;
      for (double score : example.scores()) {
        total += Math.exp((score - best) / temperature);
      }
      sum += Math.log(total) - (example.scores().get(example.label()) - best) / temperature;
    }
    return sum / examples.size();
  }

  /** Returns the softmax of scores over the temperature. */
  public List<Double> probabilities(List<Double> scores) {
    double best = best(scores);
    double total = 0;
    List<Double> weights = new ArrayList<>(scores.size());
    for (double score : scores) {
      double weight = Math.exp((score - best) / temperature);
      weights.add(weight);
      total += weight;
    }
    double sum = total;
    return weights.stream().map(weight -> weight / sum).toList();
  }

  private static double best(List<Double> scores) {
    return scores.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
