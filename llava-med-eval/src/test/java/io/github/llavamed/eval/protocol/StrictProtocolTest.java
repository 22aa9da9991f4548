package io.github.llavamed.eval.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.eval.internal.text.StandardTokenizer;
import io.github.llavamed.eval.metric.StrictBleu;
import io.github.llavamed.eval.metric.StrictExactMatch;
import io.github.llavamed.eval.metric.StrictHit;
import io.github.llavamed.eval.metric.StrictOverlap;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictProtocolTest {
  private static double score(Metric metric, String prediction, String reference) {
    return metric.score(new AnswerPair(prediction, reference)).getAsDouble();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The T2-weighted image. | t2 weighted image",
        "Crohn’s disease | crohn's disease",
        "1,234.5 mL (approx.) | 1234.5 ml approx",
        "5.6cm, and 10 | 5.6cm and 10",
        "ＣＴ scan | ct scan",
        "脑部CT | 脑 部 ct",
        "an A the | ''",
        "say 'quoted' don't | say quoted don't",
        "e\u0301tude | étude"
      })
  void splitsIntoStandardWords(String text, String words) {
    assertThat(String.join(" ", StandardTokenizer.words(text))).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "Yes., yes, 1",
    "It looks normal., no, 0",
    "I do not know, no, 0",
    "eyes, yes, 0",
    "'No, there is no mass', no, 1",
    "'Yes, there is no mass', no, 0",
    "'No, yes', yes, 0",
    "the left lung, left, 1",
    "cleft palate, left, 0",
    "right upper lobe, upper right, 0",
    "'axial, T2', axial T2, 1",
    "anything, '', 0",
    "'', yes, 0"
  })
  void closedAnswersAreRightWordByWord(String prediction, String reference, double hit) {
    assertThat(score(new StrictHit(), prediction, reference)).isEqualTo(hit);
  }

  @ParameterizedTest
  @CsvSource({
    "The right lung!, right lung, 1",
    "lung right, right lung, 0",
    "right lung is, right lung, 0",
    "'', the, 1"
  })
  void exactMatchIsEqualityOfWords(String prediction, String reference, double match) {
    assertThat(score(new StrictExactMatch(), prediction, reference)).isEqualTo(match);
  }

  @Test
  void overlapIsClipped() {
    // 1 match; 3 words answered, 2 in the reference.
    assertThat(score(new StrictOverlap.Precision(), "lung lung lung", "left lung"))
        .isEqualTo(1.0 / 3);
    assertThat(score(new StrictOverlap.Recall(), "lung lung lung", "left lung")).isEqualTo(0.5);
    assertThat(score(new StrictOverlap.F1(), "lung lung lung", "left lung"))
        .isCloseTo(0.4, within(1e-15));
    assertThat(score(new StrictOverlap.F1(), "heart", "lung")).isZero();
    assertThat(score(new StrictOverlap.F1(), "", "lung")).isZero();
    assertThat(score(new StrictOverlap.F1(), "the", "")).isEqualTo(1);
  }

  @Test
  void bleuOfOneRightWordIsOne() {
    assertThat(score(new StrictBleu(), "lung", "lung")).isCloseTo(1, within(1e-15));
    assertThat(score(new StrictBleu(), "heart", "lung")).isZero();
    // Unigrams 1/2, bigrams (0+1)/(1+1): sqrt(1/2 · 1/2).
    assertThat(score(new StrictBleu.UpToTwo(), "left heart", "left lung"))
        .isCloseTo(0.5, within(1e-15));
    // The brevity penalty of 1 word for 2: exp(1 − 2).
    assertThat(score(new StrictBleu.UpToOne(), "lung", "left lung"))
        .isCloseTo(Math.exp(-1), within(1e-15));
  }
}
