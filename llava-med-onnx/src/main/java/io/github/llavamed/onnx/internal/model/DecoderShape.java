package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.inference.ModelWeights;

/**
 * The sizes that the decoder graph and its runner must agree on.
 *
 * @param layers number of decoder layers
 * @param keyValueHeads key/value heads, {@code k}
 * @param headWidth width of a head in the cache, {@code d}
 * @param hiddenSize width of the residual stream, {@code c}
 * @param vocabSize rows of {@code lm_head}, {@code v}
 * @param positions positions that the rotary table covers
 */
public record DecoderShape(
    int layers, int keyValueHeads, int headWidth, int hiddenSize, int vocabSize, int positions) {
  /** Most positions a rotary table is made for: 2^20, beyond every decoder of this family. */
  private static final int MAX_POSITIONS = 1 << 20;

  /**
   * Returns the sizes of a model.
   *
   * @throws UnsupportedModelException if the configuration contradicts itself
   */
  public static DecoderShape of(LlavaConfig config, ModelWeights weights) {
    LanguageModelConfig model = config.languageModel();
    check(model);
    int positions = Math.max(model.maxPositionEmbeddings(), config.contextLength());
    if (positions < 1 || positions > MAX_POSITIONS) {
      throw new UnsupportedModelException(
          "max_position_embeddings: expected 1 to %d, found %d"
              .formatted(MAX_POSITIONS, positions));
    }
    return new DecoderShape(
        model.numHiddenLayers(),
        model.numKeyValueHeads(),
        new HeadLayout(model.headDim()).width(),
        model.hiddenSize(),
        new ModelTensors(weights).rowCount("lm_head.weight"),
        positions);
  }

  /** Returns the size of both rotary tables, cosines and sines of half a head's width each. */
  public long rotaryBytes() {
    return (long) positions * headWidth * Float.BYTES;
  }

  /** Returns the same sizes with rotary tables for other positions. */
  public DecoderShape withPositions(int count) {
    return new DecoderShape(layers, keyValueHeads, headWidth, hiddenSize, vocabSize, count);
  }

  private static void check(LanguageModelConfig model) {
    if (model.numHiddenLayers() < 1) {
      throw new UnsupportedModelException(
          "num_hidden_layers: expected at least 1, found " + model.numHiddenLayers());
    }
    if (model.headDim() < 2 || model.headDim() % 2 != 0) {
      throw new UnsupportedModelException(
          "head_dim: rotary embeddings need an even number, found " + model.headDim());
    }
    int heads = model.numAttentionHeads();
    int keyValueHeads = model.numKeyValueHeads();
    if (keyValueHeads < 1 || heads < 1 || heads % keyValueHeads != 0) {
      throw new UnsupportedModelException(
          "num_attention_heads: expected a multiple of num_key_value_heads %d, found %d"
              .formatted(keyValueHeads, heads));
    }
    Integer window = model.slidingWindow();
    if (window != null && window < 1) {
      throw new UnsupportedModelException(
          "sliding_window: expected at least 1 or null, found " + window);
    }
  }
}
