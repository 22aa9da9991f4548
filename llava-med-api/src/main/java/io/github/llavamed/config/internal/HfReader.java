package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.TowerLocation;
import io.github.llavamed.config.VisionTowerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code LlavaForConditionalGeneration} configurations: nested {@code text_config} and {@code
 * vision_config}.
 *
 * <p>Absent keys mean the defaults of {@code LlavaConfig}, {@code LlamaConfig}, {@code
 * MistralConfig} and {@code CLIPVisionConfig} of transformers.
 */
final class HfReader implements FamilyReader {
  private static final int DEFAULT_IMAGE_TOKEN = 32000;
  private static final int DEFAULT_FEATURE_LAYER = -2;
  private static final String DEFAULT_TOWER = "openai/clip-vit-large-patch14-336";

  @Override
  public Result read(ConfigContext context) throws IOException {
    ConfigObject json = context.json();
    if (json.has("quantization_config")) {
      throw json.unsupported("quantization_config", "none: only floating-point weights are read");
    }
    LanguageModelConfig decoder = decoder(context);
    TowerLocation location = location(context);
    VisionTowerConfig tower =
        location.directory() != null ? context.tower(location) : ownTower(context);
    LlavaConfig config =
        new LlavaConfig(
            ModelFamily.HF_LLAVA,
            decoder,
            tower,
            null,
            projector(json, tower.hiddenSize(), decoder.hiddenSize()),
            new FeatureSelection(featureLayer(json), dropsClassToken(json)),
            ImageAspect.SQUARE,
            false,
            false,
            imageToken(json, decoder.vocabSize()),
            null,
            PaddingSide.RIGHT,
            decoder.maxPositionEmbeddings(),
            dtype(json));
    return new Result(config, location);
  }

  private static LanguageModelConfig decoder(ConfigContext context) {
    ConfigObject json = context.json();
    ConfigObject text = json.objectOrEmpty("text_config");
    boolean tied = json.bool("tie_word_embeddings", false);
    Integer pad = json.optionalInteger("pad_token_id", -1, Integer.MAX_VALUE);
    DecoderDefaults defaults =
        text.named(
            "model_type",
            Map.of("llama", DecoderDefaults.LLAMA, "mistral", DecoderDefaults.MISTRAL),
            DecoderDefaults.LLAMA);
    LanguageModelConfig read = new DecoderReader(text, defaults, context.limits()).read();
    return new LanguageModelConfig(
        read.modelType(),
        read.hiddenSize(),
        read.intermediateSize(),
        read.numHiddenLayers(),
        read.numAttentionHeads(),
        read.numKeyValueHeads(),
        read.headDim(),
        read.hiddenAct(),
        read.rmsNormEps(),
        read.ropeTheta(),
        read.maxPositionEmbeddings(),
        read.slidingWindow(),
        read.vocabSize(),
        tied || read.tieWordEmbeddings(),
        read.bosTokenId(),
        read.eosTokenIds(),
        read.padTokenId() != null ? read.padTokenId() : pad);
  }

  private static TowerLocation location(ConfigContext context) {
    Path given = context.options().visionTowerDirectory();
    return given == null ? TowerLocation.unnamed() : new TowerLocation(null, given, List.of(given));
  }

  private static VisionTowerConfig ownTower(ConfigContext context) {
    ConfigObject vision = context.json().object("vision_config");
    return vision == null
        ? StockTowers.find(DEFAULT_TOWER).orElseThrow()
        : new TowerReader(context.limits()).clip(vision);
  }

  private static ProjectorConfig projector(ConfigObject json, int inputSize, int outputSize) {
    return new ProjectorConfig(
        "mlp2x_gelu",
        2,
        inputSize,
        outputSize,
        json.bool("multimodal_projector_bias", true),
        json.named("projector_hidden_act", ActivationNames.ALL, Activation.GELU));
  }

  private static int featureLayer(ConfigObject json) {
    return json.integer("vision_feature_layer", -1024, 1024, DEFAULT_FEATURE_LAYER);
  }

  private static boolean dropsClassToken(ConfigObject json) {
    return json.named(
        "vision_feature_select_strategy", Map.of("default", true, "full", false), true);
  }

  private static int imageToken(ConfigObject json, int vocabSize) {
    Integer index = json.optionalInteger("image_token_index", 0, vocabSize - 1);
    Integer id = json.optionalInteger("image_token_id", 0, vocabSize - 1);
    if (index != null && id != null && !index.equals(id)) {
      throw json.unsupported("image_token_id", "the same id as image_token_index, " + index);
    }
    if (index == null && id == null && DEFAULT_IMAGE_TOKEN >= vocabSize) {
      throw json.missing(
          "image_token_index",
          "an id below text_config.vocab_size = "
              + vocabSize
              + " (absent means "
              + DEFAULT_IMAGE_TOKEN
              + ")");
    }
    return index != null ? index : id != null ? id : DEFAULT_IMAGE_TOKEN;
  }

  private static @Nullable String dtype(ConfigObject json) {
    String own = MultimodalKeys.torchDtype(json);
    return own != null ? own : MultimodalKeys.torchDtype(json.objectOrEmpty("text_config"));
  }
}
