package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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

  @Test
  void aBuilderOfEverythingHoldsEverything() {
    GenerationConfig config =
        GenerationConfig.builder()
            .temperature(0.2)
            .topK(7)
            .topP(0.8)
            .minP(0.1)
            .seed(9)
            .repetitionPenalty(1.1)
            .noRepeatNgramSize(3)
            .minNewTokens(2)
            .badWords(List.of("x"))
            .logitBias(Map.of(3, -1f))
            .numBeams(4)
            .lengthPenalty(0.5)
            .earlyStopping(EarlyStopping.NEVER)
            .numReturnSequences(2)
            .timeLimit(Duration.ofSeconds(3))
            .logProbs(5)
            .constraint(OutputConstraint.oneOf(List.of("yes", "no")))
            .build();

    assertThat(config.toBuilder().build()).isEqualTo(config).hasSameHashCodeAs(config);
    assertThat(config.sampling()).isEqualTo(new SamplingConfig(0.2, 7, 0.8, 0.1, 9));
    assertThat(config.tokenRules())
        .isEqualTo(new TokenRules(1.1, 3, 2, List.of("x"), Map.of(3, -1f)));
    assertThat(config.beamSearch()).isEqualTo(new BeamSearchConfig(4, 0.5, EarlyStopping.NEVER));
    assertThat(config.timeLimit()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.toString()).contains("topP=0.8", "numBeams=4", "logProbs=5", "yes, no");
  }

  @Test
  void drawsFromFiftyTokensUnlessToldOtherwiseAsTransformersDoes() {
    assertThat(GenerationConfig.builder().temperature(1).build().sampling())
        .isEqualTo(new SamplingConfig(1, 50, 1, 0, 0));
    assertThat(GenerationConfig.defaults().sampling().isRandom()).isFalse();
    assertThat(GenerationConfig.defaults().beamSearch().isOn()).isFalse();
  }

  @Test
  void rejectsWhatIsOutOfRange() {
    List<Consumer<GenerationConfig.Builder>> settings =
        List.of(
            b -> b.temperature(-0.1),
            b -> b.temperature(Double.NaN),
            b -> b.topK(-1),
            b -> b.topP(0),
            b -> b.topP(1.01),
            b -> b.minP(-0.1),
            b -> b.repetitionPenalty(0),
            b -> b.noRepeatNgramSize(-1),
            b -> b.minNewTokens(-1),
            b -> b.badWords(List.of("")),
            b -> b.logitBias(Map.of(-1, 1f)),
            b -> b.logitBias(Map.of(1, Float.NaN)),
            b -> b.numBeams(0),
            b -> b.lengthPenalty(Double.POSITIVE_INFINITY),
            b -> b.numReturnSequences(0),
            b -> b.timeLimit(Duration.ZERO),
            b -> b.logProbs(-1),
            b -> b.logProbs(GenerationConfig.MAX_LOG_PROBS + 1));
    for (Consumer<GenerationConfig.Builder> setting : settings) {
      GenerationConfig.Builder builder = GenerationConfig.builder();
      assertThatThrownBy(() -> setting.accept(builder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(": ");
    }
  }

  @Test
  void rejectsMoreAnswersThanThereAre() {
    assertThatThrownBy(() -> GenerationConfig.builder().numReturnSequences(2).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set a temperature or numBeams");
    assertThatThrownBy(() -> GenerationConfig.builder().numBeams(2).numReturnSequences(3).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most numBeams = 2, found 3");
  }
}
