package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a vision tower's own configuration: CLIP's {@code config.json} (whole model or vision half)
 * or BiomedCLIP's {@code open_clip_config.json}.
 */
public final class TowerReader {
  private static final String CLIP_FILE = "config.json";
  private static final String OPEN_CLIP_FILE = "open_clip_config.json";

  private final ConfigLimits limits;

  /** Creates a reader with these bounds. */
  public TowerReader(ConfigLimits limits) {
    this.limits = limits;
  }

  /** Returns true if a tower's name or path means BiomedCLIP, in either spelling and any case. */
  public static boolean namesBiomedClip(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("biomedclip") || lower.contains("biomed_clip");
  }

  /**
   * Reads the configuration in a tower's directory.
   *
   * @return empty if the directory holds none
   */
  public Optional<VisionTowerConfig> read(Path directory) throws IOException {
    Path openClip = directory.resolve(OPEN_CLIP_FILE);
    if (Files.isRegularFile(openClip)) {
      return Optional.of(openClip(new ConfigObject(openClip, JsonFile.read(openClip, limits))));
    }
    Path clip = directory.resolve(CLIP_FILE);
    if (Files.isRegularFile(clip)) {
      return Optional.of(clipFile(new ConfigObject(clip, JsonFile.read(clip, limits))));
    }
    return Optional.empty();
  }

  private VisionTowerConfig clipFile(ConfigObject json) {
    String type = json.string("model_type");
    if (type != null && !type.equals("clip") && !type.equals("clip_vision_model")) {
      throw json.unsupported("model_type", "one of 'clip', 'clip_vision_model'");
    }
    if ("clip_vision_model".equals(type)) {
      return clip(json);
    }
    ConfigObject vision = json.object("vision_config");
    ConfigObject older = json.object("vision_config_dict");
    ConfigObject source = older != null ? older : vision;
    if (source == null) {
      throw json.missing(type == null ? "model_type" : "vision_config", "a CLIP vision tower");
    }
    VisionTowerConfig tower = clip(source);
    // Early conversions carry both; the library lets the older one win, they should agree.
    if (vision != null && !clip(vision).equals(tower)) {
      throw json.unsupported("vision_config_dict", "the same tower as vision_config");
    }
    return tower;
  }

  /** Reads the keys of {@code CLIPVisionConfig}; absent ones mean the library's defaults. */
  VisionTowerConfig clip(ConfigObject json) {
    String type = json.string("model_type");
    if (type != null && !type.equals("clip_vision_model")) {
      throw json.unsupported("model_type", "'clip_vision_model'");
    }
    if (json.integer("num_channels", 1, limits.maxWidth(), 3) != 3) {
      throw json.unsupported("num_channels", "3");
    }
    // Defaults: CLIPVisionConfig of transformers.
    return checked(
        json,
        new VisionTowerConfig(
            VisionTowerConfig.Type.CLIP,
            json.integer("hidden_size", 1, limits.maxWidth(), 768),
            json.integer("intermediate_size", 1, limits.maxWidth(), 3072),
            json.integer("num_hidden_layers", 1, limits.maxLayers(), 12),
            json.integer("num_attention_heads", 1, limits.maxWidth(), 12),
            json.integer("image_size", 1, limits.maxImageSize(), 224),
            json.integer("patch_size", 1, limits.maxImageSize(), 32),
            (float) json.positive("layer_norm_eps", 1e-5),
            json.named("hidden_act", ActivationNames.ALL, Activation.QUICK_GELU)),
        "num_attention_heads");
  }

  private VisionTowerConfig openClip(ConfigObject json) {
    ConfigObject model = json.object("model_cfg");
    ConfigObject vision = model == null ? null : model.object("vision_cfg");
    if (vision == null) {
      throw json.missing("model_cfg.vision_cfg", "an object");
    }
    VisionTowerConfig base =
        vision.named(
            "timm_model_name",
            Map.of("vit_base_patch16_224", StockTowers.VIT_BASE_PATCH16_224),
            StockTowers.VIT_BASE_PATCH16_224);
    if (!vision.has("timm_model_name")) {
      throw vision.missing("timm_model_name", "'vit_base_patch16_224' (BiomedCLIP's trunk)");
    }
    int hidden = vision.integer("width", 1, limits.maxWidth(), base.hiddenSize());
    double ratio = vision.positive("mlp_ratio", 4);
    double intermediate = Math.floor(hidden * ratio);
    if (!(intermediate >= 1 && intermediate <= limits.maxWidth())) {
      throw vision.unsupported("mlp_ratio", "a number that gives 1 to " + limits.maxWidth());
    }
    return checked(
        vision,
        new VisionTowerConfig(
            VisionTowerConfig.Type.BIOMED_CLIP,
            hidden,
            (int) intermediate,
            vision.integer("layers", 1, limits.maxLayers(), base.numHiddenLayers()),
            vision.integer("heads", 1, limits.maxWidth(), base.numAttentionHeads()),
            vision.integer("image_size", 1, limits.maxImageSize(), base.imageSize()),
            vision.integer("patch_size", 1, limits.maxImageSize(), base.patchSize()),
            base.layerNormEps(),
            base.hiddenAct()),
        "heads");
  }

  private static VisionTowerConfig checked(
      ConfigObject json, VisionTowerConfig tower, String headsKey) {
    if (tower.hiddenSize() % tower.numAttentionHeads() != 0) {
      throw json.unsupported(headsKey, "a divisor of the tower's width, " + tower.hiddenSize());
    }
    if (tower.patchSize() > tower.imageSize()) {
      throw json.unsupported("patch_size", "at most image_size = " + tower.imageSize());
    }
    return tower;
  }

  /** Returns the exception for a tower of which nothing says what it is like. */
  static UnsupportedModelException unknown(String name, String searched) {
    return new UnsupportedModelException(
        "vision tower '"
            + name
            + "': expected a directory with "
            + CLIP_FILE
            + " or "
            + OPEN_CLIP_FILE
            + ", looked at "
            + searched
            + "; put the tower there or name its directory with --vision-tower DIR");
  }
}
