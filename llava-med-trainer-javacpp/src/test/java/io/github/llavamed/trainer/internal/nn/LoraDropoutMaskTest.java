package io.github.llavamed.trainer.internal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LoraDropoutMaskTest {
  private static final int COUNT = 20_000;
  private static final double SHARE = 0.25;
  private static final String LAYER = "model.layers.0.self_attn.q_proj";

  private final LoraDropout dropout = new LoraDropout(SHARE, 7);

  @BeforeAll
  static void load() {
    LibTorch.load();
  }

  private float[] ones(String layer) {
    try (PointerScope scope = new PointerScope()) {
      Tensor ones = torch.ones(4, COUNT / 4);
      return TensorTransfer.toFloats(dropout.apply(layer, ones));
    }
  }

  private static double share(float[] values) {
    long zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return (double) zeros / values.length;
  }

  @Test
  void zeroesItsShareAndScalesTheRest() {
    dropout.begin(3, 0);

    float[] dropped = ones(LAYER);

    assertThat(share(dropped)).isCloseTo(SHARE, within(0.02));
    for (float value : dropped) {
      assertThat(value).isIn(0f, (float) (1 / (1 - SHARE)));
    }
  }

  @Test
  void dropsOtherPlacesInOtherLayersBatchesAndRanks() {
    dropout.begin(3, 0);
    float[] first = ones(LAYER);
    float[] otherLayer = ones("model.layers.1.self_attn.q_proj");
    assertThat(ones(LAYER)).isEqualTo(first);
    dropout.begin(4, 0);
    float[] otherBatch = ones(LAYER);
    dropout.begin(3, 1);
    float[] otherRank = ones(LAYER);

    for (float[] other : new float[][] {otherLayer, otherBatch, otherRank}) {
      float[] both = new float[COUNT];
      for (int i = 0; i < COUNT; i++) {
        both[i] = Math.max(first[i], other[i]);
      }
      // Independent: both zero as often as chance has it.
      assertThat(share(both)).isCloseTo(SHARE * SHARE, within(0.02));
    }
  }

  @Test
  void passesEverythingBeforeTheFirstBatch() {
    float[] expected = new float[COUNT];
    Arrays.fill(expected, 1);

    assertThat(ones(LAYER)).isEqualTo(expected);
  }
}
