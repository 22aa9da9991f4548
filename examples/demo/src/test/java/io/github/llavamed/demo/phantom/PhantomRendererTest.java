package io.github.llavamed.demo.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhantomRendererTest {
  private static final int SIZE = 72;

  @ParameterizedTest
  @EnumSource
  void theSameSeedGivesTheSameBytes(Modality modality) {
    PhantomImage once = PhantomRenderer.render(modality, 5, SIZE);
    PhantomImage again = PhantomRenderer.render(modality, 5, SIZE);

    assertThat(again.phantom()).isEqualTo(once.phantom());
    assertThat(again.png()).isEqualTo(once.png());
    assertThat(PhantomRenderer.render(modality, 6, SIZE).rgb()).isNotEqualTo(once.rgb());
  }

  @ParameterizedTest
  @EnumSource
  void theSizeChangesThePictureButNotWhatItShows(Modality modality) {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(PhantomRenderer.render(modality, seed, 96).phantom())
          .isEqualTo(PhantomRenderer.render(modality, seed, SIZE).phantom());
    }
  }

  @Test
  void paintsOnlySlidesInColour() {
    for (int seed = 0; seed < 40; seed++) {
      PhantomImage image = PhantomRenderer.render(seed, SIZE);
      byte[] rgb = image.rgb();
      boolean gray =
          IntStream.range(0, SIZE * SIZE)
              .allMatch(i -> rgb[3 * i] == rgb[3 * i + 1] && rgb[3 * i] == rgb[3 * i + 2]);

      assertThat(gray).isEqualTo(image.phantom().modality() != Modality.HISTOLOGY);
    }
  }

  @Test
  void marksTheFindingOnItsSideAndNothingWithoutOne() {
    int sided = 0;
    for (int seed = 0; seed < 300; seed++) {
      PhantomImage image = PhantomRenderer.render(seed, SIZE);
      Phantom phantom = image.phantom();
      double sum = 0;
      double moment = 0;
      for (int i = 0; i < SIZE * SIZE; i++) {
        sum += image.findingMask()[i];
        moment += image.findingMask()[i] * (i % SIZE + 0.5) / SIZE;
      }
      assertThat(sum > 0)
          .as("seed %d: %s", seed, phantom)
          .isEqualTo(phantom.finding() != Finding.NONE);
      if (phantom.side().isPresent()) {
        sided++;
        boolean right = moment / sum > 0.5; // the patient's left is on the viewer's right
        assertThat(right)
            .as("seed %d: %s", seed, phantom)
            .isEqualTo(phantom.side().get() == Side.LEFT);
      }
    }
    assertThat(sided).isGreaterThan(80);
  }

  @Test
  void drawsFindingsAndModalitiesAsOftenAsTheTableSays() {
    int count = 20_000;
    Map<Modality, Integer> modalities = new EnumMap<>(Modality.class);
    int none = 0;
    int left = 0;
    int sided = 0;
    Set<Finding> seen = new HashSet<>();
    PhantomRandom random = new PhantomRandom(1);
    for (int i = 0; i < count; i++) {
      Phantom phantom = PhantomSampler.draw(random);
      modalities.merge(phantom.modality(), 1, Integer::sum);
      none += phantom.finding() == Finding.NONE ? 1 : 0;
      sided += phantom.side().isPresent() ? 1 : 0;
      left += phantom.side().filter(side -> side == Side.LEFT).isPresent() ? 1 : 0;
      seen.add(phantom.finding());
    }

    modalities.values().forEach(n -> assertThat(n / (double) count).isCloseTo(0.25, within(0.02)));
    assertThat(none / (double) count).isCloseTo(0.28, within(0.02));
    assertThat(left / (double) sided).isCloseTo(0.5, within(0.02));
    assertThat(seen).containsExactlyInAnyOrder(Finding.values());
  }

  @Test
  void rejectsPicturesThatAreTooSmall() {
    assertThatThrownBy(() -> PhantomRenderer.render(0, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 8 pixels or more, found 4");
  }
}
