package io.github.llavamed.onnx.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.testing.ReferenceModel;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import io.github.llavamed.testing.TensorAssert;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderGraphTest {
  private static final int ROWS = 11;

  /** Float32 against double over a few layers: some 1e-6. */
  private static final double TOLERANCE = 2e-5;

  @TempDir Path directory;

  static Stream<Arguments> decoders() {
    return Stream.of(
        arguments("multi-head", SyntheticConfig.create().heads(4, 4, 8)),
        arguments("grouped", SyntheticConfig.create().heads(4, 2, 16).sizes(64, 80)),
        arguments("multi-query", SyntheticConfig.create().heads(4, 1, 8)),
        arguments("head width 12", SyntheticConfig.create().heads(4, 4, 12).sizes(48, 96)),
        arguments("head width 10 of 40", SyntheticConfig.create().heads(4, 2, 10).sizes(40, 24)),
        arguments("heads wider than hidden", SyntheticConfig.create().heads(4, 2, 24)),
        arguments("heads narrower than hidden", SyntheticConfig.create().heads(2, 2, 2)),
        arguments("window 1", SyntheticConfig.create().slidingWindow(1)),
        arguments("window 4", SyntheticConfig.create().slidingWindow(4)),
        arguments("window 11", SyntheticConfig.create().slidingWindow(ROWS)),
        arguments("theta 1e6", SyntheticConfig.create().ropeTheta(1e6).heads(2, 1, 32)),
        arguments("theta 1.5", SyntheticConfig.create().ropeTheta(1.5)),
        arguments("one layer", SyntheticConfig.create().layers(1)),
        arguments("five layers", SyntheticConfig.create().layers(5)),
        arguments("gelu", SyntheticConfig.create().hiddenAct(Activation.GELU)),
        arguments("gelu tanh", SyntheticConfig.create().hiddenAct(Activation.GELU_TANH)),
        arguments("quick gelu", SyntheticConfig.create().hiddenAct(Activation.QUICK_GELU)),
        arguments("relu", SyntheticConfig.create().hiddenAct(Activation.RELU)),
        // Large enough for the external data file and for the vector kernels' main loops.
        arguments("wide", SyntheticConfig.create().sizes(192, 320).heads(6, 3, 32)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decoders")
  void computesEveryLayerLikeReference(String name, SyntheticConfig config) throws Exception {
    SyntheticModel model = SyntheticModel.of(config.build(), 7);
    double[][] embeds = embeds(model.config().languageModel().hiddenSize());
    ReferenceModel reference = ReferenceModel.of(model);

    Map<String, float[]> outputs = decoder(model, embeds);

    List<double[][]> states = reference.hiddenStates(embeds);
    for (int i = 1; i < states.size(); i++) {
      assertClose("hidden state " + i, outputs.get(DecoderNames.hiddenState(i)), states.get(i));
    }
    assertClose("logits", outputs.get(DecoderNames.LOGITS), reference.logits(embeds));
  }

  private Map<String, float[]> decoder(SyntheticModel model, double[][] embeds) throws Exception {
    return GraphRun.decoder(model.config(), model, directory, ReferenceModel.flatten(embeds));
  }

  private static double[][] embeds(int width) {
    Random random = new Random(3);
    double[][] embeds = new double[ROWS][width];
    for (double[] row : embeds) {
      for (int i = 0; i < width; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return embeds;
  }

  private static void assertClose(String what, float[] actual, double[][] expected) {
    TensorAssert.isCloseTo(what, actual, ReferenceModel.flatten(expected), TOLERANCE, TOLERANCE);
  }

  @Test
  void takesTheVocabularyFromTheHead() {
    SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), 1);
    model.put("lm_head.weight", new float[5 * 32], 5, 32);

    assertThat(DecoderShape.of(model.config(), model).vocabSize()).isEqualTo(5);
  }

  @Test
  void namesTheTensorThatIsMissing() {
    SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), 1);
    model.remove("model.layers.1.mlp.up_proj.weight");

    assertThatThrownBy(() -> decoder(model, embeds(32)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("model.layers.1.mlp.up_proj.weight")
        .hasMessageContaining("missing");
  }

  @Test
  void namesTheTensorOfWrongShape() {
    SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), 1);
    model.put("model.norm.weight", new float[31], 31);

    assertThatThrownBy(() -> decoder(model, embeds(32)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("model.norm.weight")
        .hasMessageContaining("[32]")
        .hasMessageContaining("[31]");
  }

  @Test
  void rejectsHeadsThatCannotBe() {
    assertUnsupported(SyntheticConfig.create().heads(4, 3, 8), "num_key_value_heads");
    assertUnsupported(SyntheticConfig.create().heads(4, 0, 8), "num_key_value_heads");
    assertUnsupported(SyntheticConfig.create().heads(4, 2, 7), "head_dim");
    assertUnsupported(SyntheticConfig.create().slidingWindow(0), "sliding_window");
    assertUnsupported(SyntheticConfig.create().positions(Integer.MAX_VALUE), "max_position");
  }

  private static void assertUnsupported(SyntheticConfig config, String named) {
    SyntheticModel model = SyntheticModel.of(config.build(), 1);
    assertThatThrownBy(() -> DecoderShape.of(model.config(), model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(named);
  }
}
