package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemperatureCalibrationTest {
  @Test
  void findsTheTemperatureOfAHandComputedSet() {
    // Scores 0 and 2, the larger right in 3 of 4: softmax is 3/4 where 2 / T = ln 3.
    List<LabelledScores> examples =
        List.of(example(1, 0, 2), example(1, 0, 2), example(1, 0, 2), example(0, 0, 2));

    TemperatureCalibration fitted = TemperatureCalibration.fit(examples);

    assertThat(fitted.temperature()).isCloseTo(2 / Math.log(3), within(1e-9));
    assertThat(fitted.probabilities(List.of(0.0, 2.0)).get(1)).isCloseTo(0.75, within(1e-9));
    assertThat(fitted.loss(examples))
        .isCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), within(1e-12));
  }

  @Test
  void findsTheTemperatureThatLabelsWereDrawnWith() {
    Random random = new Random(5);
    TemperatureCalibration truth = new TemperatureCalibration(2.5);
    List<LabelledScores> examples = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      List<Double> scores =
          List.of(random.nextGaussian() * 5, random.nextGaussian() * 5, random.nextGaussian() * 5);
      List<Double> probabilities = truth.probabilities(scores);
      double u = random.nextDouble();
      int label = u < probabilities.get(0) ? 0 : u < 1 - probabilities.get(2) ? 1 : 2;
      examples.add(new LabelledScores(scores, label));
    }

    TemperatureCalibration fitted = TemperatureCalibration.fit(examples);

    assertThat(fitted.temperature()).isCloseTo(2.5, within(0.15));
    assertThat(fitted.loss(examples))
        .isLessThan(TemperatureCalibration.NONE.loss(examples))
        .isLessThanOrEqualTo(new TemperatureCalibration(fitted.temperature() * 1.01).loss(examples))
        .isLessThanOrEqualTo(
            new TemperatureCalibration(fitted.temperature() * 0.99).loss(examples));
  }

  @Test
  void staysWithinTheBoundsWhereEverythingIsRightOrWrong() {
    assertThat(TemperatureCalibration.fit(List.of(example(1, 0, 2))).temperature())
        .isCloseTo(TemperatureCalibration.MIN_TEMPERATURE, within(1e-9));
    assertThat(TemperatureCalibration.fit(List.of(example(0, 0, 2))).temperature())
        .isCloseTo(TemperatureCalibration.MAX_TEMPERATURE, within(1e-6));
  }

  @Test
  void changesNothingAtOne() {
    assertThat(TemperatureCalibration.NONE.probabilities(List.of(0.0, Math.log(3))).get(1))
        .isCloseTo(0.75, within(1e-12));
  }

  @Test
  void refusesWhatCannotBeFitted() {
    assertThatThrownBy(() -> TemperatureCalibration.fit(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> example(2, 0, 1)).hasMessageContaining("expected 0 … 1, found 2");
    assertThatThrownBy(() -> example(0, 0)).hasMessageContaining("two or more");
    assertThatThrownBy(() -> example(0, 0, Double.NaN)).hasMessageContaining("finite");
    assertThatThrownBy(() -> new TemperatureCalibration(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static LabelledScores example(int label, double... scores) {
    return new LabelledScores(Arrays.stream(scores).boxed().toList(), label);
  }
}
