package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.generation.internal.Probabilities;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.HashedLogits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceScorerTest {
  private static final HashedLogits LOGITS = new HashedLogits(AsciiTokenizer.SIZE, 5, 2, 0);
  private static final AsciiTokenizer TOKENIZER = new AsciiTokenizer();

  private final FakeBackend backend = FakeBackend.withLogits(AsciiTokenizer.SIZE, 1, LOGITS);

  @Test
  void scoresAreLogProbabilitiesAfterPromptAndEarlierIds() {
    List<ChoiceScore> scores = score("yes", "no", "not");

    assertThat(scores).extracting(ChoiceScore::text).containsExactly("yes", "no", "not");
    for (ChoiceScore score : scores) {
      List<Integer> positions = new ArrayList<>(List.of(1, 7));
      for (int i = 0; i < score.ids().size(); i++) {
        float[] logits = LOGITS.logits(0, positions);
        int id = score.ids().get(i);
        assertThat(score.tokenLogProbs().get(i))
            .isCloseTo(Math.log(Probabilities.softmax(logits)[id]), within(1e-9));
        positions.add(id);
      }
      assertThat(score.mean() * score.ids().size()).isCloseTo(score.sum(), within(1e-12));
    }
  }

  @Test
  void readsThePromptOnceAndLeavesItAlone() {
    score("yes", "no", "not");

    assertThat(backend.appendedPositions()).isEqualTo(2 + 2 + 1 + 2);
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void probabilitiesAddUpAndFollowTheScores() {
    List<ChoiceScore> scores = score("yes", "no");
    double margin = scores.get(0).sum() - scores.get(1).sum();
    TemperatureCalibration half = new TemperatureCalibration(2);

    List<Double> plain =
        TemperatureCalibration.NONE.probabilities(
            scores.stream().map(score -> score.score(ChoiceScoring.SUM)).toList());
    List<Double> calmed =
        half.probabilities(scores.stream().map(score -> score.score(ChoiceScoring.SUM)).toList());

    assertThat(plain.get(0)).isCloseTo(1 / (1 + Math.exp(-margin)), within(1e-12));
    assertThat(calmed.get(0)).isCloseTo(1 / (1 + Math.exp(-margin / 2)), within(1e-12));
    assertThat(plain.get(0) + plain.get(1)).isCloseTo(1, within(1e-12));
  }

  @Test
  void aChoiceWithoutIdsIsRefused() {
    assertThatThrownBy(() -> score("yes", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no ids");
  }

  private List<ChoiceScore> score(String... choices) {
    try (DecoderSession session = backend.openSession(50)) {
      List<ChoiceScore> scores =
          new ChoiceScorer(TOKENIZER)
              .score(session, List.of(TokenSegment.of(1, 7)), List.of(), List.of(choices))
              .choices();
      assertThat(session.length()).isEqualTo(2);
      return scores;
    }
  }
}
