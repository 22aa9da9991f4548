package io.github.llavamed.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decoder: LLaMA or Mistral arithmetic, which differ only in these numbers.
 *
 * @param modelType {@code llama} or {@code mistral}
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated MLP
 * @param numHiddenLayers number of decoder layers
 * @param numAttentionHeads number of query heads
 * @param numKeyValueHeads number of key/value heads; divides {@code numAttentionHeads}
 * @param headDim width of one head
 * @param hiddenAct activation of the gated MLP
 * @param rmsNormEps epsilon of every RMSNorm
 * @param ropeTheta base of the rotary angles
 * @param maxPositionEmbeddings largest number of positions the decoder was made for
 * @param slidingWindow attention window in positions, or null for full causal attention
 * @param vocabSize rows of the embedding as the configuration says; the stored rows decide
 * @param tieWordEmbeddings whether {@code lm_head} is the embedding matrix
 * @param bosTokenId the configuration's id, or null; the tokenizer's id is the one to use
 * @param eosTokenIds the configuration's ids, maybe empty; the tokenizer's id is the one to use
 * @param padTokenId the configuration's id, or null
 */
public record LanguageModelConfig(
    String modelType,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    Activation hiddenAct,
    float rmsNormEps,
    double ropeTheta,
    int maxPositionEmbeddings,
    @Nullable Integer slidingWindow,
    int vocabSize,
    boolean tieWordEmbeddings,
    @Nullable Integer bosTokenId,
    List<Integer> eosTokenIds,
    @Nullable Integer padTokenId) {
  /** Copies the list. */
  public LanguageModelConfig {
    eosTokenIds = List.copyOf(eosTokenIds);
  }
}
