package io.github.llavamed.onnx.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Replays in Java what processors without a byte dot product do with pairs of products. */
class WeightRangeTest {
  private static final int LARGEST_ACTIVATION = 255;

  /** Adds two products with saturation to 16 bits, as the instruction {@code vpmaddubsw} does. */
  private static int saturatingPair(int a0, int w0, int a1, int w1) {
    int sum = a0 * w0 + a1 * w1;
    return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sum));
  }

  private static boolean everSaturates(WeightRange range) {
    int largest = range.largest();
    for (int w0 = -largest; w0 <= largest; w0++) {
      for (int w1 = -largest; w1 <= largest; w1++) {
        for (int a : new int[] {0, 1, 128, LARGEST_ACTIVATION}) {
          int exact = LARGEST_ACTIVATION * w0 + a * w1;
          if (saturatingPair(LARGEST_ACTIVATION, w0, a, w1) != exact) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @Test
  void reducedRangeNeverSaturatesInSixteenBits() {
    assertThat(everSaturates(WeightRange.REDUCED)).isFalse();
  }

  @Test
  void fullRangeWould() {
    assertThat(everSaturates(WeightRange.FULL)).isTrue();
  }
}
