package io.github.llavamed.eval.internal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.eval.notebook.BarChart;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StackedChartTest {
  @Test
  void barsReachTheSumOfTheirParts() {
    assertThat(StackedChart.heights(BarChart.trainingAmounts(), 0))
        .containsExactly(0.001, 0.001, 0.158, 0.0035, 0.4);
    assertThat(StackedChart.heights(BarChart.trainingAmounts(), 1))
        .containsExactly(129.0, 15.0, 0.158 + 0.595, 0.0035 + 5.0, 0.4 + 1112.0);
    assertThat(StackedChart.heights(BarChart.instructionDomains(), 1))
        .containsExactly(30899.0, 64406.0, 66534.0, 9875.0, 67941.0);
  }

  @Test
  void axesHaveFewRoundTicks() {
    assertThat(StackedChart.tickStep(BarChart.instructionDomains())).isEqualTo(20_000);
    assertThat(StackedChart.thousands(20_000)).isEqualTo("20K");
    assertThat(StackedChart.thousands(0)).isEqualTo("0");
    assertThat(StackedChart.thousands(500)).isEqualTo("500");
  }

  @Test
  void drawsBothChartsOfTheNotebook() throws IOException {
    assertThat(StackedChart.of(BarChart.trainingAmounts())).startsWith("data:image/png;base64,");
    assertThat(StackedChart.of(BarChart.instructionDomains()))
        .isNotEqualTo(StackedChart.of(BarChart.trainingAmounts()));
  }
}
