package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.LanguageModelConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the decoder's keys, which are the same for LLaMA and Mistral and for every family. */
final class DecoderReader {
  private static final int ANY = Integer.MAX_VALUE;

  private final ConfigObject json;
  private final DecoderDefaults defaults;
  private final ConfigLimits limits;

  DecoderReader(ConfigObject json, DecoderDefaults defaults, ConfigLimits limits) {
    this.json = json;
    this.defaults = defaults;
    this.limits = limits;
  }

  /** Requires the keys that decide the sizes of the tensors, which v1.x always writes. */
  DecoderReader requireSizes() {
    for (String key :
        List.of(
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "vocab_size")) {
      if (!json.has(key)) {
        throw json.missing(key, "an integer above 0");
      }
    }
    return this;
  }

  /** Reads and checks the decoder. */
  LanguageModelConfig read() {
    refuseWhatIsNotComputed();
    int width = limits.maxWidth();
    int hidden = json.integer("hidden_size", 1, width, DecoderDefaults.HIDDEN_SIZE);
    int heads = json.integer("num_attention_heads", 1, width, DecoderDefaults.NUM_ATTENTION_HEADS);
    int keyValueHeads = keyValueHeads(heads);
    Integer slidingWindow = slidingWindow();
    checkLayerTypes(slidingWindow);
    return new LanguageModelConfig(
        defaults.modelType(),
        hidden,
        json.integer("intermediate_size", 1, width, defaults.intermediateSize()),
        json.integer("num_hidden_layers", 1, limits.maxLayers(), DecoderDefaults.NUM_HIDDEN_LAYERS),
        heads,
        keyValueHeads,
        headDim(hidden, heads),
        json.named("hidden_act", ActivationNames.ALL, Activation.SILU),
        (float) json.positive("rms_norm_eps", DecoderDefaults.RMS_NORM_EPS),
        new RopeReader(json).theta(),
        json.integer("max_position_embeddings", 1, ANY, defaults.maxPositionEmbeddings()),
        slidingWindow,
        json.integer("vocab_size", 1, limits.maxVocabulary(), DecoderDefaults.VOCAB_SIZE),
        json.bool("tie_word_embeddings", false),
        json.integer("bos_token_id", -1, ANY, DecoderDefaults.BOS_TOKEN_ID),
        json.has("eos_token_id")
            ? json.integers("eos_token_id", -1, ANY)
            : List.of(DecoderDefaults.EOS_TOKEN_ID),
        json.optionalInteger("pad_token_id", -1, ANY));
  }

  private void refuseWhatIsNotComputed() {
    for (String key : List.of("attention_bias", "mlp_bias")) {
      if (json.bool(key, false)) {
        throw json.unsupported(key, "false: decoders with biases are not supported");
      }
    }
    if (json.has("quantization_config")) {
      throw json.unsupported(
          "quantization_config",
          "none: only checkpoints with 16- or 32-bit floating-point weights are read");
    }
  }

  private int keyValueHeads(int heads) {
    // An explicit null means "as many as query heads", also where the default is another number.
    int absent =
        json.isPresent("num_key_value_heads") || defaults.numKeyValueHeads() == null
            ? heads
            : defaults.numKeyValueHeads();
    int keyValueHeads = json.integer("num_key_value_heads", 1, limits.maxWidth(), absent);
    if (heads % keyValueHeads != 0) {
      throw json.unsupported(
          "num_key_value_heads",
          "a divisor of num_attention_heads = " + heads + " (absent means " + absent + ")");
    }
    return keyValueHeads;
  }

  private int headDim(int hidden, int heads) {
    if (hidden % heads != 0) {
      throw json.unsupported("num_attention_heads", "a divisor of hidden_size = " + hidden);
    }
    int headDim = json.integer("head_dim", 1, limits.maxWidth(), hidden / heads);
    if (headDim % 2 != 0) {
      throw json.unsupported(
          "head_dim",
          "an even number (rotary embedding pairs dimensions; absent means hidden_size /"
              + " num_attention_heads = "
              + hidden / heads
              + ")");
    }
    return headDim;
  }

  private @Nullable Integer slidingWindow() {
    if (defaults.slidingWindow() == null) {
      if (json.has("sliding_window")) {
        throw json.unsupported("sliding_window", "none: LLaMA decoders attend to every position");
      }
      return null;
    }
    // An explicit null means full attention, an absent key the library's default window.
    return json.isPresent("sliding_window")
        ? json.optionalInteger("sliding_window", 1, ANY)
        : defaults.slidingWindow();
  }

  private void checkLayerTypes(@Nullable Integer slidingWindow) {
    String only = slidingWindow == null ? "full_attention" : "sliding_attention";
    for (String type : json.strings("layer_types")) {
      if (!type.equals(only)) {
        throw json.unsupported(
            "layer_types", "'" + only + "' for every layer, as sliding_window says");
      }
    }
  }
}
