package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.CharTokenizer;
import io.github.llavamed.testing.TestConfigs;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** An image has 4 rows; P, S and E are the ids of the patch and the two markers, x and y text. */
class V10PromptBuilderTest {
  private static final CharTokenizer TOKENIZER =
      CharTokenizer.with("<im_patch>", "<im_start>", "<im_end>");
  private static final int P = CharTokenizer.FIRST_ADDED;
  private static final int S = P + 1;
  private static final int E = P + 2;
  private static final int X = 3 + 'x';
  private static final int Y = 3 + 'y';
  private static final String RUN = "<im_patch>".repeat(4);
  private static final String BLOCK = "<im_start>" + RUN + "<im_end>";

  private static PromptBuilder builder(boolean markers, OriginalQuirks quirks) {
    return PromptBuilder.forModel(
        TestConfigs.of(ModelFamily.LLAVA_V1_0, 2, markers), TOKENIZER, quirks);
  }

  private static PromptBuilder builder(boolean markers) {
    return builder(markers, OriginalQuirks.NONE);
  }

  @Test
  void placeholderAndWrittenRunGiveTheSamePrompt() {
    Prompt placeholder = builder(true).build("x<image>y", 1);
    Prompt written = builder(true).build("x" + BLOCK + "y", 1);

    assertThat(placeholder.inputIds()).containsExactly(1, X, S, P, P, P, P, E, Y);
    assertThat(written.inputIds()).isEqualTo(placeholder.inputIds());
    assertThat(placeholder.segments())
        .containsExactly(TokenSegment.of(1, X, S), new ImageSegment(0, 0, 4), TokenSegment.of(E, Y))
        .isEqualTo(written.segments());
    assertThat(placeholder.text()).isEqualTo("x<image>y");
    assertThat(placeholder.length()).isEqualTo(9);
    assertThat(placeholder.imagePositions()).isEqualTo(4);
  }

  @Test
  void patchOnlyModelHasNoMarkers() {
    Prompt prompt = builder(false).build("x<image>", 1);

    assertThat(prompt.inputIds()).containsExactly(1, X, P, P, P, P);
    assertThat(prompt.segments()).containsExactly(TokenSegment.of(1, X), new ImageSegment(0, 0, 4));
    assertThat(builder(false).build(RUN, 1).segments())
        .containsExactly(TokenSegment.of(1), new ImageSegment(0, 0, 4));
  }

  @Test
  void textOnlyPromptIsOneSegment() {
    assertThat(builder(true).build("xy", 0).segments()).containsExactly(TokenSegment.of(1, X, Y));
    assertThat(builder(false).segments(new int[] {1, X}, 0)).containsExactly(TokenSegment.of(1, X));
  }

  @Test
  void splicesEveryImage() {
    assertThat(builder(true).build("<image>x<image>", 2).segments())
        .containsExactly(
            TokenSegment.of(1, S),
            new ImageSegment(0, 0, 4),
            TokenSegment.of(E, X, S),
            new ImageSegment(1, 0, 4),
            TokenSegment.of(E));
    assertThat(builder(false).build("<image><image>y", 2).segments())
        .containsExactly(
            TokenSegment.of(1),
            new ImageSegment(0, 0, 4),
            new ImageSegment(1, 0, 4),
            TokenSegment.of(Y));
    assertThat(builder(false).build("<image>x<image>", 2).segments())
        .containsExactly(
            TokenSegment.of(1),
            new ImageSegment(0, 0, 4),
            TokenSegment.of(X),
            new ImageSegment(1, 0, 4));
  }

  @Test
  void legacyLastImageOnlyLeavesThePatchesOfEarlierImages() {
    OriginalQuirks quirks = OriginalQuirks.builder().legacyLastImageOnly(true).build();

    assertThat(builder(true, quirks).build("<image>x<image>", 2).segments())
        .containsExactly(
            TokenSegment.of(1, S, P, P, P, P, E, X, S),
            new ImageSegment(1, 0, 4),
            TokenSegment.of(E));
    assertThat(builder(true, quirks).build("<image>", 1).imagePositions()).isEqualTo(4);
    assertThatThrownBy(() -> builder(false, quirks).build("<image>x<image>", 2))
        .hasMessageStartingWith("The number of image patch tokens should be the same");
  }

  @Test
  void refusesUnequalNumbersOfMarkers() {
    for (int[] ids : new int[][] {{1, S, P, P, P, P, X}, {1, P, P, E}, {1, S, P, P, P, P, E, E}}) {
      assertThatThrownBy(() -> builder(true).segments(ids, 1))
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageStartingWith(
              "The number of image start tokens and image end tokens should be the same.");
    }
  }

  @Test
  void refusesAnEndMarkerAtTheWrongPlace() {
    for (int[] ids : new int[][] {{1, S, P, P, P, E, X, X}, {1, S, P, P, P, P, P, E}}) {
      assertThatThrownBy(() -> builder(true).segments(ids, 1))
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageStartingWith("The image end token should follow the image start token.");
    }
  }

  @Test
  void refusesABlockThatIsCutOff() {
    assertThatThrownBy(() -> builder(true).segments(new int[] {1, S, P, P, P, E}, 1))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("found the end of the prompt at position 6");
  }

  @Test
  void refusesOtherIdsBetweenTheMarkers() {
    assertThatThrownBy(() -> builder(true).segments(new int[] {1, S, X, P, P, P, E}, 1))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("only patch tokens");
  }

  @Test
  void refusesPatchesOutsideOfMarkers() {
    for (int[] ids : new int[][] {{1, P, P, P, P, X}, {1, S, P, P, P, P, E, P}}) {
      assertThatThrownBy(() -> builder(true).segments(ids, 1))
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageContaining("outside of image start and end tokens");
    }
  }

  @Test
  void refusesAWrongNumberOfPatches() {
    for (int[] ids : new int[][] {{1, P, P, P}, {1, P, P, P, P, P}}) {
      assertThatThrownBy(() -> builder(false).segments(ids, 1))
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageStartingWith(
              "The number of image patch tokens should be the same as the number of image"
                  + " patches.");
    }
  }

  @Test
  void refusesPatchesThatAreNotConsecutive() {
    for (int[] ids : new int[][] {{1, P, P, P, X, P}, {1, P, X, P, P, P}, {1, X, P, P, X, P, P}}) {
      assertThatThrownBy(() -> builder(false).segments(ids, 1))
          .isInstanceOf(InvalidPromptException.class)
          .hasMessageStartingWith("The image patch tokens should be consecutive.");
    }
  }

  @Test
  void countsPlacesAgainstImages() {
    assertCounts(() -> builder(true).build("x", 1), 0, 1);
    assertCounts(() -> builder(true).build("<image><image>", 1), 2, 1);
    assertCounts(() -> builder(true).build("<image>", 0), 1, 0);
    assertCounts(() -> builder(true).build(BLOCK + BLOCK, 1), 2, 1);
    assertCounts(() -> builder(true).build(BLOCK, 2), 1, 2);
    assertCounts(() -> builder(false).build(RUN, 0), 1, 0);
    assertThat(builder(true).imagePlaces("<image>x<image>")).isEqualTo(2);
    assertThat(builder(true).imagePlaces(BLOCK + "x")).isEqualTo(1);
    assertThat(builder(false).imagePlaces(RUN + RUN)).isEqualTo(2);
  }

  private static void assertCounts(ThrowingCallable call, int places, int images) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ImageCountException.class,
            e -> {
              assertThat(e.places()).isEqualTo(places);
              assertThat(e.images()).isEqualTo(images);
            });
  }

  @Test
  void aPromptWithWrittenPatchesIsTakenAsItStands() {
    Prompt prompt = builder(true).build("<image>" + BLOCK, 1);

    assertThat(prompt.inputIds()).startsWith(1, 3 + '<', 3 + 'i').hasSize(1 + 7 + 6);
    assertThat(prompt.imagePositions()).isEqualTo(4);
  }

  @Test
  void needsTheImageTokensOfTheModel() {
    CharTokenizer bare = CharTokenizer.with("<im_patch>");

    assertThatThrownBy(
            () ->
                PromptBuilder.forModel(
                    TestConfigs.of(ModelFamily.LLAVA_V1_0, 2, true), bare, OriginalQuirks.NONE))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("<im_start>");
    assertThat(
            PromptBuilder.forModel(
                    TestConfigs.of(ModelFamily.LLAVA_V1_0, 2, false), bare, OriginalQuirks.NONE)
                .build("<image>", 1)
                .length())
        .isEqualTo(5);
  }

  @Test
  void refusesIdsThatTheTokenizerDoesNotHave() {
    assertThatThrownBy(() -> builder(true).segments(new int[] {1, E + 1}, 0))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("input id %d at position 1".formatted(E + 1));
    assertThatThrownBy(() -> builder(true).segments(new int[0], 0))
        .isInstanceOf(InvalidPromptException.class);
  }
}
