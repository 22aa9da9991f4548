package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.List;

/** How a kind of tower names its tensors and counts its layers. */
enum TowerNames {
  /** CLIP of Hugging Face. */
  CLIP(
      "vision_model.embeddings.patch_embedding",
      "vision_model.embeddings.class_embedding",
      "vision_model.embeddings.position_embedding.weight",
      "vision_model.pre_layrnorm", // spelled like this in the checkpoints
      "vision_model.post_layernorm") {
    @Override
    Block block(int index) {
      String prefix = "vision_model.encoder.layers." + index + ".";
      String attention = prefix + "self_attn.";
      return new Block(
          prefix + "layer_norm1",
          List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
          attention + "out_proj",
          prefix + "layer_norm2",
          prefix + "mlp.fc1",
          prefix + "mlp.fc2");
    }

    @Override
    int blocksToRun(VisionTowerConfig config, FeatureSelection selection) {
      return resolve(selection.layer(), config.numHiddenLayers() + 1);
    }
  },

  /** The timm trunk of BiomedCLIP. */
  BIOMED_CLIP(
      "visual.trunk.patch_embed.proj",
      "visual.trunk.cls_token",
      "visual.trunk.pos_embed",
      "",
      "visual.trunk.norm") {
    @Override
    Block block(int index) {
      String prefix = "visual.trunk.blocks." + index + ".";
      return new Block(
          prefix + "norm1",
          List.of(prefix + "attn.qkv"),
          prefix + "attn.proj",
          prefix + "norm2",
          prefix + "mlp.fc1",
          prefix + "mlp.fc2");
    }

    @Override
    int blocksToRun(VisionTowerConfig config, FeatureSelection selection) {
      if (!selection.dropClassToken()) {
        throw new UnsupportedModelException(
            "mm_vision_select_feature: a BiomedCLIP tower gives patches only, found cls_patch");
      }
      int offered = Math.min(OFFERED_BLOCKS, config.numHiddenLayers());
      return config.numHiddenLayers() - offered + resolve(selection.layer(), offered) + 1;
    }
  };

  /** The original asks timm for the outputs of this many last blocks and indexes the tuple. */
  private static final int OFFERED_BLOCKS = 3;

  private final String patchEmbedding;
  private final String classEmbedding;
  private final String positionEmbedding;
  private final String preNorm;
  private final String postNorm;

  TowerNames(
      String patchEmbedding,
      String classEmbedding,
      String positionEmbedding,
      String preNorm,
      String postNorm) {
    this.patchEmbedding = patchEmbedding;
    this.classEmbedding = classEmbedding;
    this.positionEmbedding = positionEmbedding;
    this.preNorm = preNorm;
    this.postNorm = postNorm;
  }

  /** The names of one block; one input projection holds all three, otherwise there are three. */
  record Block(
      String norm1, List<String> inputs, String output, String norm2, String fc1, String fc2) {}

  static TowerNames of(VisionTowerConfig.Type type) {
    return switch (type) {
      case CLIP -> CLIP;
      case BIOMED_CLIP -> BIOMED_CLIP;
    };
  }

  String patchEmbedding() {
    return patchEmbedding;
  }

  String classEmbedding() {
    return classEmbedding;
  }

  String positionEmbedding() {
    return positionEmbedding;
  }

  /** Returns the norm between embeddings and blocks, empty if there is none. */
  String preNorm() {
    return preNorm;
  }

  /** Returns the norm after the last block. */
  String postNorm() {
    return postNorm;
  }

  abstract Block block(int index);

  /** Returns how many blocks lead to the selected hidden state. */
  abstract int blocksToRun(VisionTowerConfig config, FeatureSelection selection);

  private static int resolve(int layer, int states) {
    int index = layer < 0 ? layer + states : layer;
    if (index < 0 || index >= states) {
      throw new UnsupportedModelException(
          "mm_vision_select_layer: expected %d to %d, found %d"
              .formatted(-states, states - 1, layer));
    }
    return index;
  }
}
