package io.github.llavamed.tokenizer;

/**
 * Whose rules a tokenizer directory is read by; the same files give other ids and other texts under
 * other rules.
 *
 * <p>Sources: transformers 4.28.1, 4.36.2 (tokenizers 0.15.2) and 4.57.1 (tokenizers 0.22), all
 * with sentencepiece 0.1.99.
 */
public enum TokenizerRules {
  /**
   * LLaVA-Med v1.0: the slow {@code LlamaTokenizer} of transformers 4.28.1. White space around
   * added tokens is lost; {@code special_tokens_map.json} overrides {@code tokenizer_config.json}.
   * Needs {@code tokenizer.model}.
   */
  V1_0_SLOW,
  /**
   * LLaVA-Med v1.5, its default: {@code LlamaTokenizerFast} of transformers 4.36.2. Reads {@code
   * tokenizer.json}, and converts {@code tokenizer.model} where there is none. The conversion
   * always adds a dummy prefix and keeps extra spaces, whatever the model file says.
   */
  V1_5_FAST,
  /**
   * LLaVA-Med v1.5 with {@code use_fast=False}: the slow {@code LlamaTokenizer} of transformers
   * 4.36.2. Needs {@code tokenizer.model}.
   */
  V1_5_SLOW,
  /**
   * Hugging Face {@code LlavaForConditionalGeneration}, the default of {@code AutoTokenizer}:
   * {@code LlamaTokenizerFast} of transformers 4.57.1. Reads {@code tokenizer.json} as it stands,
   * and converts {@code tokenizer.model} where there is none or where the configuration sets {@code
   * add_prefix_space}.
   */
  HF_FAST,
  /**
   * Like {@link #HF_FAST}, except for a LLaMA tokenizer whose {@code tokenizer.json} lost the dummy
   * prefix: transformers 4.57.1 leaves it out when it converts a slow tokenizer whose {@code
   * add_prefix_space} is null, although that tokenizer adds one. Such a file is read as the slow
   * tokenizer that it came from: with the prefix, and with invalid bytes replaced one by one.
   */
  HF_SLOW_CONVERTED,
  /**
   * Hugging Face {@code LlavaForConditionalGeneration} with {@code use_fast=False}: the slow {@code
   * LlamaTokenizer} of transformers 4.57.1. Needs {@code tokenizer.model}.
   */
  HF_SLOW
}
