package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VocabularyInitializerTest {
  private static final long SEED = 20;

  private static FloatMatrix counting(int rows, int columns, float start) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = start + i;
    }
    return FloatMatrix.of(rows, columns, values);
  }

  private static VocabularyInitialization initialize(VocabularyOptions options, int length) {
    return new VocabularyInitializer(options, NewRows.normal(NewRows.INITIALIZER_RANGE, SEED))
        .initialize(counting(4, 3, 0), counting(4, 3, 100), length, Map.of());
  }

  @Test
  void takesTheMarkersMeanOverPadAndPatchRows() {
    VocabularyInitialization made = initialize(VocabularyOptions.v10(true).withPadToken(true), 4);

    assertThat(made.newTokens()).containsExactly("[PAD]", "<im_patch>", "<im_start>", "<im_end>");
    assertThat(made.embedding().row(4)).containsExactly(4.5f, 5.5f, 6.5f);
    assertThat(made.lmHead().row(4)).containsExactly(104.5f, 105.5f, 106.5f);
    float[] mean = made.embedding().meanOfFirst(6);
    assertThat(made.embedding().row(6)).isEqualTo(mean);
    assertThat(made.embedding().row(7)).isEqualTo(mean);
    assertThat(made.lmHead().row(7)).isEqualTo(made.lmHead().meanOfFirst(6));
    assertThat(made.drawnRows()).containsExactly(5);
  }

  @Test
  void drawsThePatchRowFromANormalDistributionWithTheGivenSeed() {
    NewRows rows = NewRows.normal(0.02, SEED);
    float[] drawn = rows.draw(NewRows.Matrix.EMBEDDING, 0, 100_000);
    double sum = 0;
    double squares = 0;
    for (float value : drawn) {
      sum += value;
      squares += value * value;
    }

    assertThat(sum / drawn.length).as("seed " + SEED).isCloseTo(0, within(3e-4));
    assertThat(Math.sqrt(squares / drawn.length)).as("seed " + SEED).isCloseTo(0.02, within(2e-4));
    assertThat(initialize(VocabularyOptions.v10(false), 4).embedding().row(4))
        .isEqualTo(initialize(VocabularyOptions.v10(false), 4).embedding().row(4))
        .isNotEqualTo(new float[3]);
  }

  @Test
  void leavesTheGivenMatricesAlone() {
    FloatMatrix embedding = counting(4, 3, 0);
    float[] before = embedding.values().clone();

    new VocabularyInitializer(VocabularyOptions.v10(true), NewRows.normal(0.02, SEED))
        .initialize(embedding, counting(4, 3, 0), 4, Map.of());

    assertThat(embedding.values()).isEqualTo(before);
    assertThat(embedding.rows()).isEqualTo(4);
  }

  @Test
  void resizesNothingWhenV15AddsNothing() {
    VocabularyInitialization made = initialize(VocabularyOptions.v15(false, false), 2);

    assertThat(made.embedding().rows()).isEqualTo(4);
    assertThat(made.resized()).isFalse();
    assertThat(made.tokenIds()).isEmpty();
  }

  @Test
  void growsToATokenizerThatIsLongerThanTheMatrix() {
    VocabularyInitialization made = initialize(VocabularyOptions.v10(false), 6);

    assertThat(made.tokenIds()).containsExactly(Map.entry("<im_patch>", 6));
    assertThat(made.drawnRows()).containsExactly(4, 5, 6);
  }

  @Test
  void ignoresAnAdapterWithoutMarkers() {
    VocabularyOptions options = VocabularyOptions.v10(false).withAdapter(counting(2, 3, 0));

    assertThat(initialize(options, 4).embedding().rows()).isEqualTo(5);
  }

  @Test
  void refusesMatricesThatDoNotFit() {
    VocabularyInitializer initializer =
        new VocabularyInitializer(VocabularyOptions.v10(true), NewRows.normal(0.02, SEED));

    assertThatThrownBy(
            () -> initializer.initialize(counting(4, 3, 0), counting(5, 3, 0), 4, Map.of()))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("[4, 3]")
        .hasMessageContaining("[5, 3]");
    assertThatThrownBy(
            () -> initialize(VocabularyOptions.v10(true).withAdapter(counting(2, 4, 0)), 4))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("[2, 4]");
    assertThatThrownBy(() -> FloatMatrix.of(2, 2, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 2] and 3");
  }
}
