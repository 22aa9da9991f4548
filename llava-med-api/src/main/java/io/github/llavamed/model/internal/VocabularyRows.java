package io.github.llavamed.model.internal;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;

/** Puts the number of embedding rows that are used into a configuration. */
final class VocabularyRows {
  private VocabularyRows() {}

  static LlavaConfig apply(LlavaConfig config, int rows) {
    if (config.languageModel().vocabSize() == rows) {
      return config;
    }
    return new LlavaConfig(
        config.family(),
        apply(config.languageModel(), rows),
        config.visionTower(),
        config.visionTowerName(),
        config.projector(),
        config.featureSelection(),
        config.imageAspect(),
        config.mmUseImStartEnd(),
        config.mmUseImPatchToken(),
        config.imageTokenId(),
        config.tokenizerModelMaxLength(),
        config.tokenizerPaddingSide(),
        config.contextLength(),
        config.torchDtype());
  }

  private static LanguageModelConfig apply(LanguageModelConfig decoder, int rows) {
    return new LanguageModelConfig(
        decoder.modelType(),
        decoder.hiddenSize(),
        decoder.intermediateSize(),
        decoder.numHiddenLayers(),
        decoder.numAttentionHeads(),
        decoder.numKeyValueHeads(),
        decoder.headDim(),
        decoder.hiddenAct(),
        decoder.rmsNormEps(),
        decoder.ropeTheta(),
        decoder.maxPositionEmbeddings(),
        decoder.slidingWindow(),
        rows,
        decoder.tieWordEmbeddings(),
        decoder.bosTokenId(),
        decoder.eosTokenIds(),
        decoder.padTokenId());
  }
}
