package io.github.llavamed.config.internal;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.PaddingSide;
import io.github.llavamed.config.TowerLocation;
import java.io.IOException;
import java.util.Map;

/** Reads v1.5 configurations (model.md 3.1): Mistral keys and the {@code mm_…} keys beside them. */
final class V15Reader implements FamilyReader {
  private static final String ASPECT = "image_aspect_ratio";

  @Override
  public Result read(ConfigContext context) throws IOException {
    ConfigObject json = context.json();
    String towerName = MultimodalKeys.towerName(json, null);
    boolean markers = json.bool("mm_use_im_start_end", false);
    if (markers && json.bool("tune_mm_mlp_adapter", false)) {
      throw json.unsupported(
          "tune_mm_mlp_adapter",
          "false when mm_use_im_start_end is true: the original does not implement both");
    }
    var decoder =
        new DecoderReader(json, DecoderDefaults.MISTRAL, context.limits()).requireSizes().read();
    int width = json.requiredInteger("mm_hidden_size", 1, context.limits().maxWidth());
    var projector = ProjectorTypes.read(json, width, decoder.hiddenSize(), context.limits());
    FeatureSelection selection = selection(json);
    TowerLocation tower = context.locate(towerName);
    LlavaConfig config =
        new LlavaConfig(
            ModelFamily.LLAVA_V1_5,
            decoder,
            context.tower(tower),
            towerName,
            projector,
            selection,
            aspect(context),
            markers,
            json.bool("mm_use_im_patch_token", true),
            null,
            json.positiveOrUnbounded("tokenizer_model_max_length"),
            json.named(
                "tokenizer_padding_side",
                Map.of("left", PaddingSide.LEFT, "right", PaddingSide.RIGHT),
                PaddingSide.RIGHT),
            MultimodalKeys.contextLength(json),
            MultimodalKeys.torchDtype(json));
    return new Result(config, tower);
  }

  private static FeatureSelection selection(ConfigObject json) {
    int layer = json.requiredInteger(MultimodalKeys.SELECT_LAYER, -1024, 1024);
    String feature = json.string(MultimodalKeys.SELECT_FEATURE);
    if (feature == null || feature.equals("patch")) {
      return new FeatureSelection(layer, true);
    }
    if (feature.equals("cls_patch")) {
      return new FeatureSelection(layer, false);
    }
    throw json.unsupported(
        MultimodalKeys.SELECT_FEATURE,
        "one of 'cls_patch', 'patch'. Unexpected select feature: " + feature);
  }

  /** Only {@code pad} means something to the original; every other value is the plain processor. */
  private static ImageAspect aspect(ConfigContext context) {
    String aspect = context.json().string(ASPECT);
    if (aspect == null || aspect.equals("square")) {
      return ImageAspect.SQUARE;
    }
    if (aspect.equals("pad")) {
      return ImageAspect.PAD;
    }
    context
        .notes()
        .add(ASPECT + " '" + aspect + "' is read as 'square': this release pads only for 'pad'");
    return ImageAspect.SQUARE;
  }
}
