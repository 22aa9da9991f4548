package io.github.llavamed.demo.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.demo.phantom.Finding;
import io.github.llavamed.demo.phantom.Modality;
import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.demo.phantom.PhantomRenderer;
import io.github.llavamed.demo.phantom.Side;
import org.junit.jupiter.api.Test;

class PhantomAttributesTest {
  private static final int PATCH = 12;
  private static final int SIDE = 6;

  @Test
  void everyPatchKnowsTheModalityAndOnlySomeTheFinding() {
    for (int seed = 0; seed < 60; seed++) {
      PhantomImage image = PhantomRenderer.render(seed, PATCH * SIDE);
      float[] whole = PhantomAttributes.ofImage(image.phantom());
      float[] patches = PhantomAttributes.ofPatches(image, PATCH);
      int finding = Modality.values().length + image.phantom().finding().ordinal() - 1;
      int shown = 0;
      for (int patch = 0; patch < SIDE * SIDE; patch++) {
        int at = patch * PhantomAttributes.COUNT;
        assertThat(patches[at + image.phantom().modality().ordinal()]).isEqualTo(1);
        if (image.phantom().finding() != Finding.NONE) {
          shown += (int) patches[at + finding];
        }
      }
      boolean normal = image.phantom().finding() == Finding.NONE;
      assertThat(whole[PhantomAttributes.COUNT - 1]).isEqualTo(normal ? 1 : 0);
      assertThat(shown > 0).as("%s", image.phantom()).isNotEqualTo(normal);
      if (image.phantom().modality() != Modality.HISTOLOGY) {
        assertThat(shown).isLessThan(SIDE * SIDE / 2);
      }
    }
  }

  @Test
  void marksTheSideOfTheFinding() {
    int left = Modality.values().length + Finding.values().length - 1;
    for (int seed = 0; seed < 60; seed++) {
      var phantom = PhantomRenderer.render(seed, PATCH * SIDE).phantom();
      float[] whole = PhantomAttributes.ofImage(phantom);

      assertThat(whole[left] == 1).isEqualTo(phantom.side().filter(Side.LEFT::equals).isPresent());
      assertThat(whole[left + 1] == 1)
          .isEqualTo(phantom.side().filter(Side.RIGHT::equals).isPresent());
    }
  }
}
