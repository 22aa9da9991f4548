package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerationConfigTest {
  @Test
  void builderOfAConfigHoldsItsSettings() {
    GenerationConfig config =
        GenerationConfig.builder().maxNewTokens(7).stopStrings("###", "END").build();

    assertThat(config.toBuilder().build()).isEqualTo(config).hasSameHashCodeAs(config);
    assertThat(config.toBuilder().maxNewTokens(8).build()).isNotEqualTo(config);
    assertThat(config).hasToString("GenerationConfig[maxNewTokens=7, stopStrings=[###, END]]");
  }

  @Test
  void copiesTheStopStrings() {
    List<String> stops = new ArrayList<>(List.of("###"));
    GenerationConfig config = GenerationConfig.builder().stopStrings(stops).build();

    stops.clear();

    assertThat(config.stopStrings()).containsExactly("###");
  }

  @Test
  void rejectsAnEmptyStopString() {
    assertThatThrownBy(() -> GenerationConfig.builder().stopStrings("###", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty string");
  }

  @Test
  void rejectsNoNewTokens() {
    assertThatThrownBy(() -> GenerationConfig.builder().maxNewTokens(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0");
  }
}
