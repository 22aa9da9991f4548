package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.generation.internal.CounterRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomSamplerTest {
  private static final float[] LOGITS = {
    (float) Math.log(0.5), Float.NEGATIVE_INFINITY, (float) Math.log(0.3), (float) Math.log(0.2)
  };

  @Test
  void drawsByProbability() {
    int draws = 20_000;
    int[] counts = new int[LOGITS.length];
    Sampler sampler = Sampler.random(42, 0);
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(LOGITS)]++;
    }

    assertThat(counts[1]).isZero();
    // Five standard deviations of a share of half of 20000 draws.
    double tolerance = 5 * Math.sqrt(0.25 / draws);
    assertThat((double) counts[0] / draws).isCloseTo(0.5, within(tolerance));
    assertThat((double) counts[2] / draws).isCloseTo(0.3, within(tolerance));
  }

  @Test
  void theSameSeedDrawsTheSame() {
    assertThat(draws(7, 0)).isEqualTo(draws(7, 0)).isNotEqualTo(draws(8, 0));
    assertThat(draws(7, 1)).isNotEqualTo(draws(7, 0)).isNotEqualTo(draws(8, 0));
  }

  @Test
  void doesNotChangeTheLogits() {
    float[] logits = LOGITS.clone();
    Sampler.random(1, 0).next(logits);
    assertThat(logits).isEqualTo(LOGITS);
  }

  @Test
  void refusesWhatIsNotANumber() {
    assertThatThrownBy(() -> Sampler.random(1, 0).next(new float[] {0, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id 1 is NaN");
  }

  @Test
  void numbersAreEvenlySpreadAndOfTheirCountersAlone() {
    CounterRandom random = new CounterRandom(3, 5);
    double sum = IntStream.range(0, 10_000).mapToDouble(random::uniform).sum();

    assertThat(sum / 10_000).isCloseTo(0.5, within(0.015));
    assertThat(random.uniform(99)).isEqualTo(new CounterRandom(3, 5).uniform(99));
    assertThat(IntStream.range(0, 10_000).mapToDouble(random::uniform))
        .allMatch(u -> u >= 0 && u < 1)
        .doesNotHaveDuplicates();
  }

  private static List<Integer> draws(long seed, int answer) {
    Sampler sampler = Sampler.random(seed, answer);
    return IntStream.range(0, 50).mapToObj(i -> sampler.next(LOGITS)).toList();
  }
}
