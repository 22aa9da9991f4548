package io.github.llavamed.eval.internal.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreChartTest {
  @Test
  void theAxisHoldsEveryWhisker() {
    List<ScoreChart.Series> inside =
        List.of(new ScoreChart.Series("a", List.of(40.0, 60.0), List.of(5.0, 20.0)));
    assertThat(ScoreChart.lowest(inside)).isZero();
    assertThat(ScoreChart.highest(inside)).isEqualTo(100);

    List<ScoreChart.Series> outside =
        List.of(
            new ScoreChart.Series("a", List.of(40.0), List.of(5.0)),
            new ScoreChart.Series("b", List.of(12.5), List.of(18.75)),
            new ScoreChart.Series("c", List.of(75.0), List.of(31.25)));
    assertThat(ScoreChart.lowest(outside)).isEqualTo(-6.25);
    assertThat(ScoreChart.highest(outside)).isEqualTo(106.25);
  }
}
