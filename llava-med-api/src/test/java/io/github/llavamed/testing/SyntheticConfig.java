package io.github.llavamed.testing;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.List;

/**
 * Builds configurations of tiny models; the defaults are a v1.5 model with a CLIP tower of three
 * layers and a decoder of two.
 */
public final class SyntheticConfig {
  private int hiddenSize = 32;
  private int intermediateSize = 48;
  private int layers = 2;
  private int heads = 4;
  private int keyValueHeads = 2;
  private int headDim = 8;
  private Activation hiddenAct = Activation.SILU;
  private double ropeTheta = 10000;
  private int positions = 256;
  private Integer slidingWindow;
  private int vocabSize = 97;
  private VisionTowerConfig tower =
      new VisionTowerConfig(
          VisionTowerConfig.Type.CLIP, 24, 40, 3, 2, 28, 14, 1e-5f, Activation.QUICK_GELU);
  private FeatureSelection selection = new FeatureSelection(-2, true);
  private String projectorType = "mlp2x_gelu";
  private int projectorDepth = 2;
  private boolean projectorBias = true;
  private Activation projectorAct = Activation.GELU;

  private SyntheticConfig() {}

  /** Returns a builder with the defaults. */
  public static SyntheticConfig create() {
    return new SyntheticConfig();
  }

  /** Returns a builder for a model with a BiomedCLIP-like trunk of four blocks. */
  public static SyntheticConfig biomedClip() {
    return new SyntheticConfig()
        .tower(
            new VisionTowerConfig(
                VisionTowerConfig.Type.BIOMED_CLIP, 24, 48, 4, 3, 32, 16, 1e-6f, Activation.GELU))
        .projector("linear", 1, true, Activation.GELU);
  }

  /** Sets width and MLP width of the decoder. */
  public SyntheticConfig sizes(int hiddenSize, int intermediateSize) {
    this.hiddenSize = hiddenSize;
    this.intermediateSize = intermediateSize;
    return this;
  }

  /** Sets the number of decoder layers. */
  public SyntheticConfig layers(int layers) {
    this.layers = layers;
    return this;
  }

  /** Sets the decoder's heads. */
  public SyntheticConfig heads(int heads, int keyValueHeads, int headDim) {
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    return this;
  }

  /** Sets the activation of the decoder's MLP. */
  public SyntheticConfig hiddenAct(Activation hiddenAct) {
    this.hiddenAct = hiddenAct;
    return this;
  }

  /** Sets the base of the rotary angles. */
  public SyntheticConfig ropeTheta(double ropeTheta) {
    this.ropeTheta = ropeTheta;
    return this;
  }

  /** Sets the positions that the decoder is made for. */
  public SyntheticConfig positions(int positions) {
    this.positions = positions;
    return this;
  }

  /** Sets the attention window. */
  public SyntheticConfig slidingWindow(int slidingWindow) {
    this.slidingWindow = slidingWindow;
    return this;
  }

  /** Sets the number of token ids. */
  public SyntheticConfig vocabSize(int vocabSize) {
    this.vocabSize = vocabSize;
    return this;
  }

  /** Sets the tower. */
  public SyntheticConfig tower(VisionTowerConfig tower) {
    this.tower = tower;
    return this;
  }

  /** Sets the selected hidden state. */
  public SyntheticConfig select(int layer, boolean dropClassToken) {
    this.selection = new FeatureSelection(layer, dropClassToken);
    return this;
  }

  /** Sets the projector. */
  public SyntheticConfig projector(String type, int depth, boolean bias, Activation activation) {
    this.projectorType = type;
    this.projectorDepth = depth;
    this.projectorBias = bias;
    this.projectorAct = activation;
    return this;
  }

  /** Returns the configuration. */
  public LlavaConfig build() {
    LanguageModelConfig languageModel =
        new LanguageModelConfig(
            "mistral",
            hiddenSize,
            intermediateSize,
            layers,
            heads,
            keyValueHeads,
            headDim,
            hiddenAct,
            1e-5f,
            ropeTheta,
            positions,
            slidingWindow,
            vocabSize,
            false,
            1,
            List.of(2),
            null);
    ProjectorConfig projector =
        new ProjectorConfig(
            projectorType,
            projectorDepth,
            tower.hiddenSize(),
            hiddenSize,
            projectorBias,
            projectorAct);
    return new LlavaConfig(
        ModelFamily.LLAVA_V1_5,
        languageModel,
        tower,
        "synthetic-tower",
        projector,
        selection,
        ImageAspect.PAD,
        false,
        false,
        null,
        null,
        PaddingSide.RIGHT,
        positions,
        "float32");
  }
}
