package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.ConfigRepair;
import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.TowerLocation;
import java.io.IOException;

/** Reads v1.0.0 configurations (model.md 2.1): LLaMA keys and the {@code mm_…} keys beside them. */
final class V10Reader implements FamilyReader {
  private static final String DEFAULT_TOWER = "openai/clip-vit-large-patch14";
  private static final int DEFAULT_TOWER_WIDTH = 1024;

  @Override
  public Result read(ConfigContext context) throws IOException {
    ConfigObject json = context.json();
    repair(context);
    String towerName = MultimodalKeys.towerName(json, ConfigRepair.ADD_VISION_TOWER);
    if (!json.isPresent("use_mm_proj")) {
      throw json.missing(
          "use_mm_proj", "the key with any value: only then the original has a projector");
    }
    refuseKeysOfOtherReleases(json);
    var decoder =
        new DecoderReader(json, DecoderDefaults.LLAMA, context.limits()).requireSizes().read();
    int width = json.requiredInteger("mm_hidden_size", 1, context.limits().maxWidth());
    TowerLocation tower = context.locate(towerName);
    LlavaConfig config =
        new LlavaConfig(
            ModelFamily.LLAVA_V1_0,
            decoder,
            context.tower(tower),
            towerName,
            new ProjectorConfig(
                ProjectorTypes.LINEAR, 1, width, decoder.hiddenSize(), true, Activation.GELU),
            new FeatureSelection(json.integer(MultimodalKeys.SELECT_LAYER, -1024, 1024, -1), true),
            ImageAspect.SQUARE,
            json.bool("mm_use_im_start_end", false),
            true, // the loaders always add <im_patch>
            null,
            null,
            PaddingSide.RIGHT,
            MultimodalKeys.contextLength(json),
            MultimodalKeys.torchDtype(json));
    return new Result(config, tower);
  }

  private static void repair(ConfigContext context) {
    ConfigObject json = context.json();
    if (json.has(MultimodalKeys.TOWER)
        || !context.options().repairs().contains(ConfigRepair.ADD_VISION_TOWER)) {
      return;
    }
    json.put("use_mm_proj", true);
    json.put(MultimodalKeys.TOWER, DEFAULT_TOWER);
    json.put("mm_hidden_size", DEFAULT_TOWER_WIDTH);
    context
        .notes()
        .add(
            "repaired in memory: no vision tower configured, added use_mm_proj = true,"
                + " mm_vision_tower = "
                + DEFAULT_TOWER
                + ", mm_hidden_size = "
                + DEFAULT_TOWER_WIDTH);
  }

  /** Later LLaVA releases use the same model type with another projector or feature. */
  private static void refuseKeysOfOtherReleases(ConfigObject json) {
    String projector = json.string(ProjectorTypes.KEY);
    if (projector != null && !projector.equals(ProjectorTypes.LINEAR)) {
      throw json.unsupported(
          ProjectorTypes.KEY, "'linear' or no such key: v1.0.0 has one linear layer");
    }
    String feature = json.string(MultimodalKeys.SELECT_FEATURE);
    if (feature != null && !feature.equals("patch")) {
      throw json.unsupported(
          MultimodalKeys.SELECT_FEATURE, "'patch' or no such key: v1.0.0 drops the class token");
    }
  }
}
