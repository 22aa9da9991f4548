package io.github.llavamed.onnx.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.testing.ReferenceModel;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import io.github.llavamed.testing.TensorAssert;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VisionGraphTest {
  /** Float32 against double over a few layers: some 1e-6. */
  private static final double TOLERANCE = 3e-5;

  @TempDir Path directory;

  static Stream<Arguments> towers() {
    return Stream.of(
        arguments("CLIP, layer -1", SyntheticConfig.create().select(-1, true)),
        arguments("CLIP, layer -2", SyntheticConfig.create().select(-2, true)),
        arguments("CLIP, layer -4", SyntheticConfig.create().select(-4, true)),
        arguments("CLIP, layer 0", SyntheticConfig.create().select(0, true)),
        arguments("CLIP, layer 3", SyntheticConfig.create().select(3, true)),
        arguments("CLIP, class token kept", SyntheticConfig.create().select(-1, false)),
        arguments("CLIP, image not a multiple", SyntheticConfig.create().tower(clip(24, 2, 45))),
        arguments("CLIP, narrow heads", SyntheticConfig.create().tower(clip(20, 4, 28))),
        arguments("CLIP, wide", SyntheticConfig.create().tower(clip(256, 4, 56))),
        arguments("BiomedCLIP, layer -1", SyntheticConfig.biomedClip().select(-1, true)),
        arguments("BiomedCLIP, layer -2", SyntheticConfig.biomedClip().select(-2, true)),
        arguments("BiomedCLIP, layer -3", SyntheticConfig.biomedClip().select(-3, true)),
        arguments("BiomedCLIP, layer 0", SyntheticConfig.biomedClip().select(0, true)),
        arguments("BiomedCLIP, layer 2", SyntheticConfig.biomedClip().select(2, true)),
        arguments("BiomedCLIP, two blocks", SyntheticConfig.biomedClip().tower(biomed(2))),
        arguments("linear", projector("linear", 1, true, Activation.GELU)),
        arguments("mlp3x_gelu", projector("mlp3x_gelu", 3, true, Activation.GELU)),
        arguments("no bias", projector("mlp2x_gelu", 2, false, Activation.GELU)),
        arguments("relu", projector("mlp2x_relu", 2, true, Activation.RELU)),
        arguments("silu", projector("mlp2x_silu", 2, true, Activation.SILU)),
        arguments("gelu tanh", projector("mlp2x_tanh", 2, true, Activation.GELU_TANH)),
        arguments(
            "identity",
            SyntheticConfig.create()
                .sizes(24, 40)
                .heads(3, 3, 8)
                .projector("identity", 0, false, Activation.GELU)));
  }

  private static SyntheticConfig projector(
      String type, int depth, boolean bias, Activation activation) {
    return SyntheticConfig.create().projector(type, depth, bias, activation);
  }

  private static VisionTowerConfig clip(int width, int heads, int imageSize) {
    return new VisionTowerConfig(
        VisionTowerConfig.Type.CLIP,
        width,
        40,
        3,
        heads,
        imageSize,
        14,
        1e-5f,
        Activation.QUICK_GELU);
  }

  private static VisionTowerConfig biomed(int blocks) {
    return new VisionTowerConfig(
        VisionTowerConfig.Type.BIOMED_CLIP, 24, 48, blocks, 3, 32, 16, 1e-6f, Activation.GELU);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("towers")
  void computesEveryLayerLikeReference(String name, SyntheticConfig config) throws Exception {
    SyntheticModel model = SyntheticModel.of(config.build(), 11);
    PixelValues image = model.image(5);
    ReferenceModel reference = ReferenceModel.of(model);

    Map<String, float[]> outputs = GraphRun.vision(model, directory, image);

    List<double[][]> states = reference.towerStates(image);
    int compared = 0;
    for (int i = 0; i < states.size(); i++) {
      float[] state = outputs.get(VisionNames.hiddenState(i));
      if (state != null) {
        assertClose("hidden state " + i, state, states.get(i));
        compared++;
      }
    }
    assertThat(compared).isPositive();
    double[][] features = reference.imageFeatures(image);
    assertThat(features).hasNumberOfRows(model.config().imageFeatureCount());
    assertClose("features", outputs.get(VisionNames.IMAGE_FEATURES), features);
    assertClose("projected", outputs.get(VisionNames.PROJECTED), reference.project(features));
  }

  private static void assertClose(String what, float[] actual, double[][] expected) {
    TensorAssert.isCloseTo(what, actual, ReferenceModel.flatten(expected), TOLERANCE, TOLERANCE);
  }

  static Stream<Arguments> contradictions() {
    return Stream.of(
        arguments(SyntheticConfig.create().select(4, true), "mm_vision_select_layer"),
        arguments(SyntheticConfig.create().select(-5, true), "mm_vision_select_layer"),
        arguments(SyntheticConfig.biomedClip().select(3, true), "mm_vision_select_layer"),
        arguments(SyntheticConfig.biomedClip().select(-4, true), "mm_vision_select_layer"),
        arguments(SyntheticConfig.biomedClip().select(-2, false), "mm_vision_select_feature"),
        arguments(SyntheticConfig.create().tower(clip(24, 5, 28)), "heads"),
        arguments(SyntheticConfig.create().tower(clip(24, 2, 13)), "patch"),
        arguments(projector("identity", 0, false, Activation.GELU), "identity"));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void rejectsConfigurationsThatContradictThemselves(SyntheticConfig config, String named) {
    SyntheticModel model = SyntheticModel.of(config.build(), 1);

    assertThatThrownBy(() -> GraphRun.vision(model, directory, model.image(1)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(named);
  }
}
