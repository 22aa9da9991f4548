package io.github.llavamed.config.internal;

import org.jspecify.annotations.Nullable;

/**
 * What a decoder key means when it is absent.
 *
 * <p>Source: the keyword defaults of {@code LlamaConfig} and {@code MistralConfig} of transformers,
 * the same from 4.36 to 5.x.
 *
 * @param modelType {@code llama} or {@code mistral}
 * @param intermediateSize width of the gated MLP
 * @param numKeyValueHeads key/value heads, or null for as many as query heads
 * @param maxPositionEmbeddings positions
 * @param slidingWindow window, or null for full attention
 */
record DecoderDefaults(
    String modelType,
    int intermediateSize,
    @Nullable Integer numKeyValueHeads,
    int maxPositionEmbeddings,
    @Nullable Integer slidingWindow) {
  static final DecoderDefaults LLAMA = new DecoderDefaults("llama", 11008, null, 2048, null);
  static final DecoderDefaults MISTRAL = new DecoderDefaults("mistral", 14336, 8, 4096 * 32, 4096);

  static final int VOCAB_SIZE = 32000;
  static final int HIDDEN_SIZE = 4096;
  static final int NUM_HIDDEN_LAYERS = 32;
  static final int NUM_ATTENTION_HEADS = 32;
  static final double RMS_NORM_EPS = 1e-6;
  static final double ROPE_THETA = 10000.0;
  static final int BOS_TOKEN_ID = 1;
  static final int EOS_TOKEN_ID = 2;
}
