package io.github.llavamed.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.TestConfigs;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchImagesTest {
  private static final OriginalQuirks CURSOR =
      OriginalQuirks.builder().legacyImageCursor(true).build();

  private static List<int[]> assign(
      LlavaConfig config, List<Integer> needed, List<Integer> supplied, OriginalQuirks quirks) {
    return BatchImages.assign(config, needed, supplied, quirks);
  }

  private static LlavaConfig config(ModelFamily family, boolean markers) {
    return TestConfigs.of(family, 2, markers);
  }

  @Test
  void everySampleGetsItsOwnImages() {
    for (ModelFamily family : ModelFamily.values()) {
      List<int[]> assigned =
          assign(config(family, true), List.of(1, 0, 2), List.of(1, 1, 2), OriginalQuirks.NONE);

      assertThat(assigned)
          .usingRecursiveComparison()
          .isEqualTo(List.of(new int[] {0}, new int[0], new int[] {2, 3}));
    }
  }

  @Test
  void cursorOfV10SkipsTextOnlySamples() {
    List<int[]> assigned =
        assign(config(ModelFamily.LLAVA_V1_0, true), List.of(1, 0, 1), List.of(1, 1, 1), CURSOR);

    assertThat(assigned)
        .usingRecursiveComparison()
        .isEqualTo(List.of(new int[] {0}, new int[0], new int[] {1}));
  }

  @Test
  void cursorOfV10WithoutMarkersStandsStill() {
    List<int[]> assigned =
        assign(config(ModelFamily.LLAVA_V1_0, false), List.of(1, 0, 1), List.of(1, 1, 1), CURSOR);

    assertThat(assigned)
        .usingRecursiveComparison()
        .isEqualTo(List.of(new int[] {0}, new int[0], new int[] {0}));
  }

  @Test
  void textOnlySamplesOfV15ConsumeAnImage() {
    LlavaConfig config = config(ModelFamily.LLAVA_V1_5, false);

    assertThat(assign(config, List.of(1, 0, 1), List.of(1, 1, 1), CURSOR))
        .usingRecursiveComparison()
        .isEqualTo(List.of(new int[] {0}, new int[0], new int[] {2}));
    assertThatThrownBy(() -> assign(config, List.of(1, 0), List.of(1, 0), CURSOR))
        .isInstanceOf(ImageCountException.class)
        .hasMessageContaining("sample 1");
    assertThat(assign(config, List.of(1, 0), List.of(1, 0), OriginalQuirks.NONE)).hasSize(2);
  }

  @Test
  void refusesSamplesWithTooFewImages() {
    LlavaConfig config = config(ModelFamily.LLAVA_V1_5, false);

    for (OriginalQuirks quirks : List.of(OriginalQuirks.NONE, OriginalQuirks.ALL)) {
      assertThatThrownBy(() -> assign(config, List.of(1, 1), List.of(1, 0), quirks))
          .isInstanceOf(ImageCountException.class)
          .hasMessageContaining("sample 1 of the batch needs 1 image(s)");
    }
    assertThatThrownBy(() -> assign(config, List.of(1), List.of(), OriginalQuirks.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quirksAreSetOneByOne() {
    assertThat(OriginalQuirks.ALL.toBuilder().build()).isEqualTo(OriginalQuirks.ALL);
    assertThat(OriginalQuirks.NONE)
        .isEqualTo(new OriginalQuirks(false, false, false, false, false));
    assertThat(OriginalQuirks.builder().legacyStopWindow(true).honourConfigEosIds(true).build())
        .isEqualTo(new OriginalQuirks(false, false, true, false, true));
    assertThat(OriginalQuirks.builder().legacyLastImageOnly(true).randomPadOffset(true).build())
        .isEqualTo(new OriginalQuirks(true, false, false, true, false));
  }
}
