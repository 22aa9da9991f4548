package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.List;

/**
 * How a kind of tower names its tensors and counts its layers.
 *
 * <p>Both kinds are the same network otherwise: embeddings, maybe a norm, pre-norm blocks.
 */
enum TowerLayout {
  /** CLIP of Hugging Face. */
  CLIP {
    @Override
    EmbeddingTensors embeddings() {
      return new EmbeddingTensors(
          "vision_model.embeddings.patch_embedding",
          false,
          "vision_model.embeddings.class_embedding",
          "vision_model.embeddings.position_embedding.weight",
          false);
    }

    @Override
    String preNorm() {
      return "vision_model.pre_layrnorm"; // spelled like this in the checkpoints
    }

    @Override
    EncoderBlock block(int index) {
      String prefix = "vision_model.encoder.layers." + index + ".";
      String attention = prefix + "self_attn.";
      return new EncoderBlock(
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
  BIOMED_CLIP {
    @Override
    EmbeddingTensors embeddings() {
      return new EmbeddingTensors(
          "visual.trunk.patch_embed.proj",
          true,
          "visual.trunk.cls_token",
          "visual.trunk.pos_embed",
          true);
    }

    @Override
    String preNorm() {
      return "";
    }

    @Override
    EncoderBlock block(int index) {
      String prefix = "visual.trunk.blocks." + index + ".";
      return new EncoderBlock(
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
      int first = config.numHiddenLayers() - offered;
      return first + resolve(selection.layer(), offered) + 1;
    }
  };

  /** The original asks timm for the outputs of this many last blocks and indexes the tuple. */
  private static final int OFFERED_BLOCKS = 3;

  /** Returns the layout of a kind of tower. */
  static TowerLayout of(VisionTowerConfig.Type type) {
    return switch (type) {
      case CLIP -> CLIP;
      case BIOMED_CLIP -> BIOMED_CLIP;
    };
  }

  /** Returns where the embeddings' tensors are. */
  abstract EmbeddingTensors embeddings();

  /** Returns the norm between embeddings and blocks, empty if there is none. */
  abstract String preNorm();

  /** Returns the tensors of a block. */
  abstract EncoderBlock block(int index);

  /**
   * Returns how many blocks lead to the selected hidden state.
   *
   * @throws UnsupportedModelException if the selection points outside
   */
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
