package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.CharTokenizer;
import io.github.llavamed.testing.TestConfigs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An image has 4 rows, 5 with the class token; I is the id of its token, x and y text. */
class HfPromptBuilderTest {
  private static final CharTokenizer TOKENIZER = CharTokenizer.with("<image>");
  private static final int I = CharTokenizer.FIRST_ADDED;
  private static final int X = 3 + 'x';
  private static final int Y = 3 + 'y';

  private static PromptBuilder builder(boolean dropClassToken, @Nullable Integer imageTokenId) {
    LlavaConfig config =
        TestConfigs.of(ModelFamily.HF_LLAVA, 2, dropClassToken, false, imageTokenId, null);
    return PromptBuilder.forModel(config, TOKENIZER, OriginalQuirks.NONE);
  }

  private static PromptBuilder builder() {
    return builder(true, I);
  }

  @Test
  void repeatsTheImageTokenOncePerRow() {
    Prompt prompt = builder().build("x<image>y", 1);

    assertThat(prompt.inputIds()).containsExactly(1, X, I, I, I, I, Y);
    assertThat(prompt.segments())
        .containsExactly(TokenSegment.of(1, X), new ImageSegment(0, 0, 4), TokenSegment.of(Y));
    assertThat(builder(false, I).build("<image>", 1).inputIds()).containsExactly(1, I, I, I, I, I);
    assertThat(builder().build("xy", 0).segments()).containsExactly(TokenSegment.of(1, X, Y));
  }

  @Test
  void neighbouringImagesAreTwoSegments() {
    assertThat(builder().build("<image><image>y", 2).segments())
        .containsExactly(
            TokenSegment.of(1),
            new ImageSegment(0, 0, 4),
            new ImageSegment(1, 0, 4),
            TokenSegment.of(Y));
  }

  @Test
  void rowsReplaceTheTokensInOrderWhereverTheyStand() {
    assertThat(builder().segments(new int[] {1, I, I, X, I, I, I, Y, I, I, I}, 2))
        .containsExactly(
            TokenSegment.of(1),
            new ImageSegment(0, 0, 2),
            TokenSegment.of(X),
            new ImageSegment(0, 2, 2),
            new ImageSegment(1, 0, 1),
            TokenSegment.of(Y),
            new ImageSegment(1, 1, 3));
  }

  @Test
  void refusesAWrongNumberOfImageTokens() {
    assertThatThrownBy(() -> builder().segments(new int[] {1, I, I, I, X}, 1))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageStartingWith(
            "Image features and image tokens do not match: tokens: 3, features 4");
    assertThatThrownBy(() -> builder().build("<image>", 2)).isInstanceOf(ImageCountException.class);
    assertThat(builder().imagePlaces("<image>")).isEqualTo(1);
  }

  @Test
  void needsTheTokenizersImageTokenToBeTheModels() {
    assertThatThrownBy(() -> builder(true, I - 1))
        .isInstanceOf(InvalidPromptException.class)
        .hasMessageContaining("image_token_index is %d".formatted(I - 1));
    assertThatThrownBy(() -> builder(true, null)).isInstanceOf(InvalidPromptException.class);
  }
}
