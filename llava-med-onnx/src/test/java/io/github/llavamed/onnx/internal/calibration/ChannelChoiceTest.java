package io.github.llavamed.onnx.internal.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelChoiceTest {
  private static final int ROWS = 20;
  private static final int WIDTH = 24;

  private static float[] rows(int... large) {
    Random random = new Random(5);
    float[] rows = new float[ROWS * WIDTH];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    for (int channel : large) {
      for (int row = 0; row < ROWS; row++) {
        rows[row * WIDTH + channel] *= 50;
      }
    }
    return rows;
  }

  @Test
  void findsTheLargeChannels() {
    int[] chosen = ChannelChoice.independent(WIDTH).choose(List.of(rows(3, 17), rows(3, 17)), 2);

    assertThat(chosen).containsExactly(3, 17);
  }

  @Test
  void isNotFooledByOneLargeRow() {
    float[] rows = rows(9);
    for (int i = 0; i < WIDTH; i++) {
      rows[i] *= 1000;
    }
    rows[4] *= 2;

    assertThat(ChannelChoice.independent(WIDTH).choose(List.of(rows), 1)).containsExactly(9);
  }

  @Test
  void takesWholeGroups() {
    // Two value heads of width 4, three query heads each.
    int[] chosen = ChannelChoice.sharedValues(6, 2, 4).choose(List.of(rows(1)), 1);

    assertThat(chosen).containsExactly(1, 5, 9);
  }

  @Test
  void keepsAtLeastHalfOfTheChannels() {
    int[] chosen = ChannelChoice.independent(WIDTH).choose(List.of(rows()), 1000);

    assertThat(chosen.length).isLessThanOrEqualTo(WIDTH / 2);
  }

  @Test
  void choosesNothingAmongZeros() {
    float[] zeros = new float[ROWS * WIDTH];

    assertThat(ChannelChoice.independent(WIDTH).choose(List.of(zeros), 4)).isEmpty();
  }

  @Test
  void choosesNothingWhenAskedForNothing() {
    assertThat(ChannelChoice.independent(WIDTH).choose(List.of(rows(1)), 0)).isEmpty();
  }
}
