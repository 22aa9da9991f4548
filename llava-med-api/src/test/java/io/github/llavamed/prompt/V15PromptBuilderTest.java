package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.CharTokenizer;
import io.github.llavamed.testing.TestConfigs;
import io.github.llavamed.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An image has 4 rows; x, y and z are text. */
class V15PromptBuilderTest {
  private static final int X = 3 + 'x';
  private static final int Y = 3 + 'y';
  private static final int Z = 3 + 'z';

  private static PromptBuilder builder(Tokenizer tokenizer, @Nullable Integer maxLength) {
    return PromptBuilder.forModel(
        TestConfigs.of(ModelFamily.LLAVA_V1_5, 2, true, false, null, maxLength),
        tokenizer,
        OriginalQuirks.NONE);
  }

  private static PromptBuilder builder() {
    return builder(CharTokenizer.with(), null);
  }

  @Test
  void putsOneSentinelPerPlaceholderAndKeepsOneBos() {
    assertThat(builder().build("x", 0).inputIds()).containsExactly(1, X);
    assertThat(builder().build("", 0).inputIds()).containsExactly(1);
    assertThat(builder().build("<image>", 1).inputIds()).containsExactly(1, -200);
    assertThat(builder().build("<image><image>", 2).inputIds()).containsExactly(1, -200, -200);
    assertThat(builder().build("x<image>y<image>z", 2).inputIds())
        .containsExactly(1, X, -200, Y, -200, Z);
  }

  @Test
  void dropsNothingIfTheTokenizerAddsNoBos() {
    PromptBuilder builder = builder(CharTokenizer.withoutBos(), null);

    assertThat(builder.build("x<image>y", 1).inputIds()).containsExactly(X, -200, Y);
    assertThat(builder.build("<image>y", 1).inputIds()).containsExactly(-200, Y);
    assertThatThrownBy(() -> builder.build("<image>", 1))
        .isInstanceOf(InvalidPromptException.class);
  }

  @Test
  void expandsSentinelsToRows() {
    Prompt prompt = builder().build("x<image>y<image>", 2);

    assertThat(prompt.segments())
        .containsExactly(
            TokenSegment.of(1, X),
            new ImageSegment(0, 0, 4),
            TokenSegment.of(Y),
            new ImageSegment(1, 0, 4));
    assertThat(prompt.length()).isEqualTo(11);
  }

  @Test
  void cutsToTheMaximumAlsoInsideAnImage() {
    assertThat(builder(CharTokenizer.with(), 5).build("x<image>y", 1).segments())
        .containsExactly(TokenSegment.of(1, X), new ImageSegment(0, 0, 3));
    assertThat(builder(CharTokenizer.with(), 6).build("x<image>y", 1).segments())
        .containsExactly(TokenSegment.of(1, X), new ImageSegment(0, 0, 4));
    assertThat(builder(CharTokenizer.with(), 1).build("x<image>y", 1).segments())
        .containsExactly(TokenSegment.of(1));
  }

  @Test
  void promptsWithoutImagesAreNeverCut() {
    assertThat(builder(CharTokenizer.with(), 2).build("xyz", 0).length()).isEqualTo(4);
  }

  @Test
  void countsPlacesAgainstImages() {
    assertThatThrownBy(() -> builder().build("x<image>", 2))
        .isInstanceOf(ImageCountException.class)
        .hasMessageContaining("places for 1 image(s), the request has 2");
    assertThatThrownBy(() -> builder().segments(new int[] {1, -200, 40, -200, 41}, 1))
        .isInstanceOf(ImageCountException.class);
    assertThat(builder().imagePlaces("<image>x<image>")).isEqualTo(2);
  }

  @Test
  void needsMarkerTokensOnlyIfTheModelUsesThem() {
    assertThatThrownBy(
            () ->
                PromptBuilder.forModel(
                    TestConfigs.of(ModelFamily.LLAVA_V1_5, 2, true),
                    CharTokenizer.with("<im_start>"),
                    OriginalQuirks.NONE))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("<im_end>");
  }
}
