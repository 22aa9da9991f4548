package io.github.llavamed.eval.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.Prediction;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.metric.ConfidenceInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final BootstrapConfig CONFIG = BootstrapConfig.DEFAULT;

  private static double[] ones(int ones, int zeros) {
    double[] values = new double[ones + zeros];
    Arrays.fill(values, 0, ones, 1);
    return values;
  }

  @Test
  void intervalOfAShareIsCloseToTheNormalOne() {
    ConfidenceInterval interval = Bootstrap.mean(ones(300, 700), CONFIG);

    double half = 1.959964 * Math.sqrt(0.3 * 0.7 / 1000);
    assertThat(interval.lower()).isCloseTo(0.3 - half, within(0.002));
    assertThat(interval.upper()).isCloseTo(0.3 + half, within(0.002));
  }

  @Test
  void intervalOfEqualValuesIsAPoint() {
    assertThat(Bootstrap.mean(new double[] {0.25, 0.25}, CONFIG))
        .isEqualTo(new ConfidenceInterval(0.25, 0.25, 0.95));
  }

  @Test
  void intervalOfTwoValuesIsExactlyTheirRange() {
    // Each end has a quarter of the resamples, far more than 2.5 %.
    assertThat(Bootstrap.mean(new double[] {0, 1}, CONFIG))
        .isEqualTo(new ConfidenceInterval(0, 1, 0.95));
  }

  @Test
  void sameSeedGivesTheSameInterval() {
    double[] values = ones(13, 29);

    assertThat(Bootstrap.mean(values, CONFIG)).isEqualTo(Bootstrap.mean(values, CONFIG));
    assertThat(Bootstrap.resampledMeans(List.of(values), CONFIG)[0])
        .isNotEqualTo(Bootstrap.resampledMeans(List.of(values), CONFIG.withSeed(1))[0]);
  }

  @Test
  void refusesNoValues() {
    assertThatThrownBy(() -> Bootstrap.mean(new double[0], CONFIG))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void exactMcNemarIsTheBinomialTest() {
    // 2 · (C(10,0) + C(10,1) + C(10,2)) / 2^10 = 112 / 1024
    McNemar test = McNemar.of(2, 8);

    assertThat(test.pValue()).isCloseTo(112.0 / 1024, within(1e-12));
    assertThat(test.statistic()).isEqualTo(25.0 / 10);
  }

  @Test
  void mcNemarWithoutDisagreementFindsNothing() {
    assertThat(McNemar.of(ones(3, 2), ones(3, 2))).isEqualTo(new McNemar(0, 0, 0, 1));
    assertThat(McNemar.of(4, 4).pValue()).isEqualTo(1);
    assertThat(McNemar.of(4, 4).statistic()).isZero();
  }

  @Test
  void mcNemarCountsBothDirections() {
    McNemar test = McNemar.of(new double[] {1, 1, 0, 0, 1}, new double[] {0, 1, 1, 0, 0});

    assertThat(test.onlyFirst()).isEqualTo(2);
    assertThat(test.onlySecond()).isEqualTo(1);
  }

  @Test
  void mcNemarOfManyDisagreementsDoesNotUnderflow() {
    assertThat(McNemar.of(5000, 5000).pValue()).isEqualTo(1);
    assertThat(McNemar.of(4900, 5100).pValue()).isCloseTo(0.0466, within(0.001));
    assertThat(McNemar.of(0, 2000).pValue()).isBetween(0.0, 1e-300);
  }

  @Test
  void mcNemarRefusesPartialScores() {
    assertThatThrownBy(() -> McNemar.of(new double[] {0.5}, new double[] {1}))
        .hasMessageContaining("expected scores of 0 or 1, found 0.5");
  }

  @Test
  void pairedBootstrapSeesAConstantAdvantage() {
    double[] first = ones(40, 60);
    double[] second = Arrays.stream(first).map(v -> v + 0.1).toArray();

    PairedBootstrap test = PairedBootstrap.of(first, second, CONFIG);

    assertThat(test.difference()).isCloseTo(0.1, within(1e-12));
    assertThat(test.interval().lower()).isCloseTo(0.1, within(1e-9));
    assertThat(test.pValue()).isEqualTo(2.0 / 10_001);
  }

  @Test
  void pairedBootstrapOfEqualModelsFindsNothing() {
    PairedBootstrap test = PairedBootstrap.of(ones(4, 6), ones(4, 6), CONFIG);

    assertThat(test.difference()).isZero();
    assertThat(test.pValue()).isEqualTo(1);
  }

  @Test
  void comparesTwoModelsMetricByMetric() {
    List<VqaSample> samples = new ArrayList<>();
    List<Prediction> first = new ArrayList<>();
    List<Prediction> second = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String type = i < 10 ? "OPEN" : "CLOSED";
      SampleId id = SampleId.of(i);
      samples.add(
          new VqaSample(
              id, null, "q", i < 10 ? "lung" : "yes", Map.of(VqaSample.ANSWER_TYPE, type)));
      first.add(new Prediction(id, i < 10 ? "lung" : "no"));
      second.add(new Prediction(id, i < 10 ? "heart" : "yes"));
    }
    Evaluation evaluation = Evaluation.of(ScoringProtocols.strict());
    ScoredAnswers a = evaluation.rate(samples, first);
    ScoredAnswers b = evaluation.rate(samples, second);

    List<Comparison> rows = Comparison.of(a, b, CONFIG);

    Comparison closed =
        rows.stream().filter(row -> row.key().equals("closed_accuracy")).findFirst().orElseThrow();
    assertThat(closed.questions()).isEqualTo(10);
    assertThat(closed.firstPercent()).isZero();
    assertThat(closed.secondPercent()).isEqualTo(100);
    assertThat(closed.mcNemar()).isEqualTo(McNemar.of(0, 10));
    Comparison recall =
        rows.stream().filter(row -> row.key().equals("recall")).findFirst().orElseThrow();
    assertThat(recall.bootstrap().difference()).isEqualTo(-1);
  }
}
