package io.github.llavamed.demo.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PhantomRandomTest {
  @Test
  void drawsTheNumbersOfTheLibrarysSplitMix() {
    PhantomRandom random = new PhantomRandom(42);
    SplittableRandom library = new SplittableRandom(42);

    for (int i = 0; i < 1000; i++) {
      assertThat(random.next()).isEqualTo(library.nextLong());
      assertThat(random.uniform(0, 1)).isEqualTo(library.nextDouble());
    }
  }

  @Test
  void hashesGiveTheSameNumbersWithoutTheOnesBefore() {
    PhantomRandom random = new PhantomRandom(7);

    for (int number = 1; number <= 20; number++) {
      assertThat(PhantomRandom.hash(7, number)).isEqualTo(random.next());
    }
  }

  @Test
  void noiseHasMeanZeroAndVarianceOne() {
    int count = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 1; i <= count; i++) {
      double noise = PhantomRandom.normal(PhantomRandom.hash(3, i));
      sum += noise;
      squares += noise * noise;
    }

    assertThat(sum / count).isCloseTo(0, within(0.02));
    assertThat(squares / count).isCloseTo(1, within(0.02));
  }
}
