package io.github.llavamed.cli.bench;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.config.ModelFamily;

/** The shapes of which a random checkpoint can be made. */
public enum BenchShape {
  /** LLaVA-Med v1.5: Mistral-7B, CLIP ViT-L/14 at 336 pixels, two projector layers, bfloat16. */
  V1_5_7B(
      "v1.5-7b",
      ModelFamily.LLAVA_V1_5,
      new Decoder(4096, 14336, 32, 32, 8, 32000),
      new Tower(1024, 4096, 24, 16, 336, 14),
      DType.BF16),

  /** LLaVA-Med v1.0: LLaMA-7B, CLIP ViT-L/14 at 224 pixels, one projector layer, float16. */
  V1_0_7B(
      "v1.0-7b",
      ModelFamily.LLAVA_V1_0,
      new Decoder(4096, 11008, 32, 32, 32, 32003),
      new Tower(1024, 4096, 24, 16, 224, 14),
      DType.F16),

  /** A v1.5 model that runs in no time, to try the command itself. */
  TINY(
      "tiny",
      ModelFamily.LLAVA_V1_5,
      new Decoder(64, 128, 4, 4, 2, 480),
      new Tower(32, 64, 3, 4, 28, 14),
      DType.BF16),

  /** The same in v1.0's layout. */
  TINY_V1_0(
      "tiny-v1.0",
      ModelFamily.LLAVA_V1_0,
      new Decoder(64, 128, 4, 4, 4, 483),
      new Tower(32, 64, 3, 4, 28, 14),
      DType.F16);

  /** Tokens that the v1.0 loader adds behind the pieces: {@code <im_patch>} and two markers. */
  static final int V1_0_ADDED_TOKENS = 3;

  private final String id;
  private final ModelFamily family;
  private final Decoder decoder;
  private final Tower tower;
  private final DType dtype;

  /** Sizes of a decoder; {@code vocabSize} counts added tokens too. */
  record Decoder(
      int hiddenSize,
      int intermediateSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int numKeyValueHeads,
      int vocabSize) {}

  /** Sizes of a CLIP vision tower; {@code imageSize} and {@code patchSize} in pixels. */
  record Tower(
      int hiddenSize,
      int intermediateSize,
      int numHiddenLayers,
      int numAttentionHeads,
      int imageSize,
      int patchSize) {
    /** The published selection: the output of the last layer but one. */
    static final int SELECT_LAYER = -2;

    /** Returns the layers that run; the ones behind the selected layer are not stored. */
    int storedLayers() {
      return numHiddenLayers + 1 + SELECT_LAYER;
    }

    int patches() {
      int side = imageSize / patchSize;
      return side * side;
    }
  }

  BenchShape(String id, ModelFamily family, Decoder decoder, Tower tower, DType dtype) {
    this.id = id;
    this.family = family;
    this.decoder = decoder;
    this.tower = tower;
    this.dtype = dtype;
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }

  /** Returns the number of decoder layers of the true model. */
  public int trueLayers() {
    return decoder.numHiddenLayers();
  }

  ModelFamily family() {
    return family;
  }

  Decoder decoder() {
    return decoder;
  }

  Tower tower() {
    return tower;
  }

  /** Returns the element type in which the model is published. */
  DType dtype() {
    return dtype;
  }

  /** Returns the layers of the projector. */
  int projectorDepth() {
    return family == ModelFamily.LLAVA_V1_5 ? 2 : 1;
  }

  /** Returns the pieces of the tokenizer's own vocabulary. */
  int pieces() {
    return decoder.vocabSize() - (family == ModelFamily.LLAVA_V1_0 ? V1_0_ADDED_TOKENS : 0);
  }
}
