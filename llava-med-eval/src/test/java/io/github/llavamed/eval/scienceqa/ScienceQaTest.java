package io.github.llavamed.eval.scienceqa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScienceQaTest {
  private static final ScienceQa QUESTIONS =
      new ScienceQa(List.of(new ScienceQa.Problem("1", 2, 0), new ScienceQa.Problem("2", 3, 1)));

  private static LetterChoice letters(EvaluationQuirks quirks, long seed) {
    return new LetterChoice(LetterChoice.DEFAULT_OPTIONS, quirks, seed);
  }

  private static Map<String, ScienceQa.Answer> answers(String first, String second) {
    return Map.of("1", new ScienceQa.Answer("q", first), "2", new ScienceQa.Answer("q", second));
  }

  @Test
  void unreadableLettersAreWrongOnRequest() {
    LetterChoice strict =
        letters(EvaluationQuirks.ORIGINAL.without(EvaluationQuirk.RANDOM_LETTER), 0);

    ScienceQaScore score =
        ScienceQaScore.of(QUESTIONS, answers("no idea", "The answer is B."), strict);

    assertThat(score.items()).extracting(ScienceQaScore.Item::index).containsExactly(-1, 1);
    assertThat(score.text()).isEqualTo("Total: 2, Correct: 1, Accuracy: 50.00%\n");
  }

  @Test
  void randomIndexIsDrawnOnceAndDependsOnTheSeedAlone() {
    ScienceQaScore first =
        ScienceQaScore.of(QUESTIONS, answers("?", "?"), letters(EvaluationQuirks.ORIGINAL, 5));
    ScienceQaScore second =
        ScienceQaScore.of(QUESTIONS, answers("?", "?"), letters(EvaluationQuirks.ORIGINAL, 5));

    assertThat(first).isEqualTo(second);
    for (ScienceQaScore.Item item : first.items()) {
      assertThat(first.resultJson()).contains("\"" + item.id() + "\": " + item.index());
    }
  }

  @Test
  void refusesASplitWithoutAnswers() {
    ScienceQaScore empty =
        ScienceQaScore.of(QUESTIONS, Map.of(), letters(EvaluationQuirks.ORIGINAL, 0));

    assertThatThrownBy(empty::text).isInstanceOf(EvaluationException.class);
  }

  @Test
  void requeryNeedsBothAnswers() {
    assertThatThrownBy(
            () ->
                ScienceQaRequery.of(
                    QUESTIONS,
                    answers("The answer is A.", "The answer is A."),
                    Map.of(),
                    Map.of(),
                    letters(EvaluationQuirks.ORIGINAL, 0)))
        .hasMessageContaining("GPT-4 answers: expected an answer to problem 1");
  }
}
