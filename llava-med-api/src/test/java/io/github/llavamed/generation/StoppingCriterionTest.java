package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.CharTokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every character is one id here, so a keyword of n characters has n ids. */
class StoppingCriterionTest {
  private static final CharTokenizer TOKENIZER = CharTokenizer.with();
  private static final OriginalQuirks LEGACY =
      OriginalQuirks.builder().legacyStopWindow(true).build();

  private static StoppingCriterion criterion(
      ModelFamily family, String prompt, OriginalQuirks quirks, String... keywords) {
    List<Integer> promptIds = new ArrayList<>();
    for (int id : TOKENIZER.encode(prompt)) {
      promptIds.add(id);
    }
    return StoppingCriterion.keywords(family, List.of(keywords), TOKENIZER, promptIds, quirks);
  }

  /** Feeds a text and returns how many tokens were taken when it stopped, or -1. */
  private static int stopsAfter(StoppingCriterion criterion, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (criterion.accept(3 + text.charAt(i))) {
        return i + 1;
      }
    }
    return -1;
  }

  @Test
  void v10NeverStopsAfterTheFirstToken() {
    assertThat(stopsAfter(criterion(ModelFamily.LLAVA_V1_0, "p", OriginalQuirks.NONE, "#"), "#abc"))
        .isEqualTo(2);
  }

  @Test
  void v10LooksAtTheWholeAnswer() {
    assertThat(
            stopsAfter(
                criterion(ModelFamily.LLAVA_V1_0, "p", OriginalQuirks.NONE, "zz", "###"),
                "abc###d"))
        .isEqualTo(6);
    assertThat(stopsAfter(criterion(ModelFamily.LLAVA_V1_0, "#", OriginalQuirks.NONE, "##"), "#a"))
        .isEqualTo(-1);
  }

  @Test
  void v15StopsAtTheLastIds() {
    for (ModelFamily family : List.of(ModelFamily.LLAVA_V1_5, ModelFamily.HF_LLAVA)) {
      assertThat(stopsAfter(criterion(family, "p", OriginalQuirks.NONE, "###"), "a###b"))
          .isEqualTo(4);
      assertThat(stopsAfter(criterion(family, "p", OriginalQuirks.NONE, "#"), "#")).isEqualTo(1);
    }
  }

  @Test
  void v15StopsAtTheEndToken() {
    StoppingCriterion criterion =
        StoppingCriterion.keywords(
            ModelFamily.LLAVA_V1_5,
            List.of("</s>"),
            CharTokenizer.with("</s>"),
            List.of(1),
            OriginalQuirks.NONE);

    assertThat(criterion.accept(3 + 'a')).isFalse();
    assertThat(criterion.accept(CharTokenizer.FIRST_ADDED)).isTrue();
  }

  @Test
  void legacyWindowFailsWhereTheKeywordIsLongerThanTheAnswer() {
    StoppingCriterion criterion = criterion(ModelFamily.LLAVA_V1_5, "p", LEGACY, "###");

    assertThatThrownBy(() -> criterion.accept(3 + 'a'))
        .isInstanceOf(StoppingException.class)
        .hasMessageStartingWith(
            "The size of tensor a (2) must match the size of tensor b (3) at non-singleton"
                + " dimension 0");
  }

  @Test
  void legacyWindowIsEmptyUntilHalfThePromptAndThenGrowsFromTheFront() {
    // Keyword of one id that only its text can find: "ab" is one added token there, two here.
    CharTokenizer tokenizer = CharTokenizer.with("ab");
    List<Integer> promptIds = List.of(1, 10, 11, 12, 13, 14, 15, 16, 17, 18);
    StoppingCriterion legacy =
        StoppingCriterion.keywords(
            ModelFamily.LLAVA_V1_5, List.of("ab"), tokenizer, promptIds, LEGACY);

    // ids are BOS, a, b, c …: with n ids the window is ids[10 - n:], so "ab" is in it from n = 9.
    List<Boolean> trace = new ArrayList<>();
    for (char c : "abcdefgh".toCharArray()) {
      trace.add(legacy.accept(3 + c));
    }

    assertThat(trace).containsExactly(false, false, false, false, false, false, false, true);
  }

  @Test
  void legacyWindowOfOnePromptIdIsTheNewTokensFromTheStart() {
    assertThat(stopsAfter(criterion(ModelFamily.LLAVA_V1_5, "", LEGACY, "bc"), "abc")).isEqualTo(3);
  }

  @Test
  void emptyKeywordsAreRefusedAndNoKeywordNeverStops() {
    assertThatThrownBy(() -> criterion(ModelFamily.LLAVA_V1_5, "p", LEGACY, "a", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StopStrings.of("")).isInstanceOf(IllegalArgumentException.class);
    assertThat(stopsAfter(criterion(ModelFamily.LLAVA_V1_0, "p", LEGACY), "abc")).isEqualTo(-1);
    assertThat(
            StoppingCriterion.keywords(ModelFamily.LLAVA_V1_5, null, TOKENIZER, List.of(1), LEGACY)
                .accept(2))
        .isFalse();
  }

  @Test
  void anyOfFeedsAllCriteria() {
    StoppingCriterion first = criterion(ModelFamily.LLAVA_V1_0, "p", OriginalQuirks.NONE, "b");
    StoppingCriterion second = criterion(ModelFamily.LLAVA_V1_0, "p", OriginalQuirks.NONE, "a");

    assertThat(stopsAfter(StoppingCriterion.anyOf(List.of(first, second)), "axb")).isEqualTo(2);
  }

  @Test
  void aBatchStopsByTheFamilysRule() {
    List<StoppingCriterion> sequences = List.of(id -> id == 5, id -> id == 6);

    BatchStoppingCriterion v10 = BatchStoppingCriterion.of(ModelFamily.LLAVA_V1_0, sequences);
    BatchStoppingCriterion v15 = BatchStoppingCriterion.of(ModelFamily.LLAVA_V1_5, sequences);

    assertThat(v10.accept(new int[] {5, 0})).isTrue();
    assertThat(v15.accept(new int[] {5, 0})).isFalse();
    assertThat(v15.accept(new int[] {5, 6})).isTrue();
    assertThatThrownBy(() -> BatchStoppingCriterion.of(ModelFamily.LLAVA_V1_5, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cutsBeforeTheFirstStopStringAndTrims() {
    assertThat(StopStrings.of("###").cut(" The left lung.\u00A0###Human: x###"))
        .isEqualTo("The left lung.");
    assertThat(StopStrings.of("###").cut("A##")).isEqualTo("A");
    assertThat(StopStrings.of("###").cut("#")).isEmpty();
    assertThat(StopStrings.of("###", "</s>").cut("a</s>b###")).isEqualTo("a");
    assertThat(StopStrings.of(" ").cut("Assistant: x")).isEqualTo("Assistant:");
    assertThat(StopStrings.none().cut(" a ")).isEqualTo("a");
  }
}
