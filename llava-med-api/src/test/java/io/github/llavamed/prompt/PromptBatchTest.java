package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.testing.CharTokenizer;
import io.github.llavamed.testing.TestConfigs;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PromptBatchTest {
  private static final int X = 3 + 'x';
  private static final int Y = 3 + 'y';
  private static final PromptBuilder BUILDER =
      PromptBuilder.forModel(
          TestConfigs.of(ModelFamily.LLAVA_V1_5, 2, false),
          CharTokenizer.with(),
          OriginalQuirks.NONE);
  private static final List<Prompt> PROMPTS =
      List.of(BUILDER.build("<image>x", 1), BUILDER.build("yx", 0));

  @Test
  void padsOnTheRight() {
    PromptBatch batch = PromptBatch.of(PROMPTS, PaddingSide.RIGHT, null);

    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.length()).isEqualTo(6);
    assertThat(batch.attentionMask(0)).containsOnly(1);
    assertThat(batch.attentionMask(1)).containsExactly(1, 1, 1, 0, 0, 0);
    assertThat(batch.positionIds(1)).containsExactly(0, 1, 2, 0, 0, 0);
    assertThat(batch.leftPadding(1)).isZero();
    assertThat(batch.inputIds(1, 9)).containsExactly(1, Y, X, 9, 9, 9);
  }

  @Test
  void padsOnTheLeft() {
    PromptBatch batch = PromptBatch.of(PROMPTS, PaddingSide.LEFT, null);

    assertThat(batch.attentionMask(1)).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(batch.positionIds(1)).containsExactly(0, 0, 0, 0, 1, 2);
    assertThat(batch.leftPadding(1)).isEqualTo(3);
    assertThat(batch.inputIds(1, 9)).containsExactly(9, 9, 9, 1, Y, X);
  }

  @Test
  void spreadsLabelsOverImagesAndPadding() {
    List<int[]> labels = List.of(new int[] {-100, 55, X}, new int[] {1, Y, X});

    PromptBatch batch = PromptBatch.of(PROMPTS, labels, PaddingSide.LEFT, null);

    assertThat(batch.labels(0)).containsExactly(-100, -100, -100, -100, -100, X);
    assertThat(batch.labels(1)).containsExactly(-100, -100, -100, 1, Y, X);
  }

  @Test
  void cutsRowsAndLabels() {
    List<int[]> labels = List.of(new int[] {1, -200, X}, new int[] {1, Y, X});

    PromptBatch batch = PromptBatch.of(PROMPTS, labels, PaddingSide.RIGHT, 4);

    assertThat(batch.length()).isEqualTo(4);
    assertThat(batch.segments(0)).containsExactly(TokenSegment.of(1), new ImageSegment(0, 0, 3));
    assertThat(batch.labels(0)).containsExactly(1, -100, -100, -100);
    assertThat(batch.labels(1)).containsExactly(1, Y, X, -100);
  }

  @Test
  void keepsLabelsOfFamiliesWhoseIdsDoNotExpand() {
    PromptBuilder v10 =
        PromptBuilder.forModel(
            TestConfigs.of(ModelFamily.LLAVA_V1_0, 2, false),
            CharTokenizer.with("<im_patch>"),
            OriginalQuirks.NONE);
    Prompt prompt = v10.build("x<image>y", 1);

    PromptBatch batch =
        PromptBatch.of(
            List.of(prompt), List.of(new int[] {0, 1, 2, 3, 4, 5, 6}), PaddingSide.RIGHT, 5);

    assertThat(batch.labels(0)).containsExactly(0, 1, 2, 3, 4);
    assertThat(batch.inputIds(0, 0)).hasSize(5).startsWith(1, X);
  }

  @Test
  void saysWhatIsMissing() {
    PromptBatch batch = PromptBatch.of(PROMPTS, PaddingSide.RIGHT, null);

    assertThatThrownBy(() -> batch.labels(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.inputIds(0, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> PromptBatch.of(PROMPTS, List.of(new int[3]), PaddingSide.RIGHT, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> PromptBatch.of(PROMPTS, List.of(new int[2], new int[3]), PaddingSide.RIGHT, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected one per input id, 3, found 2");
    assertThatThrownBy(() -> PromptBatch.of(PROMPTS, PaddingSide.RIGHT, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void emptyBatchHasNoPlaces() {
    assertThat(PromptBatch.of(List.of(), PaddingSide.RIGHT, null).length()).isZero();
  }

  @Property(tries = 200, seed = "20261124")
  void aCutRowIsThePrefixOfTheWholeOne(
      @ForAll List<@IntRange(min = 0, max = 2) Integer> parts,
      @ForAll @IntRange(min = 1, max = 60) int maxLength) {
    StringBuilder text = new StringBuilder("<image>");
    parts.forEach(part -> text.append(List.of("x", "yz", "<image>").get(part)));
    Prompt prompt = BUILDER.build(text.toString(), BUILDER.imagePlaces(text.toString()));

    PromptBatch cut = PromptBatch.of(List.of(prompt), PaddingSide.RIGHT, maxLength);

    List<Integer> whole = positions(prompt.segments());
    assertThat(positions(cut.segments(0)))
        .isEqualTo(whole.subList(0, Math.min(maxLength, whole.size())))
        .hasSize(cut.length());
  }

  /** Every position as one number: a token's id, or a negative one of image and row. */
  private static List<Integer> positions(List<InputSegment> segments) {
    List<Integer> positions = new ArrayList<>();
    for (InputSegment segment : segments) {
      for (int i = 0; i < segment.length(); i++) {
        if (segment instanceof TokenSegment tokens) {
          positions.add(tokens.id(i));
        } else if (segment instanceof ImageSegment image) {
          positions.add(-1000 * (image.imageIndex() + 1) - image.firstRow() - i);
        }
      }
    }
    return positions;
  }
}
