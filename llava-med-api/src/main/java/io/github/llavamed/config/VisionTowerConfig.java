package io.github.llavamed.config;

/**
 * The vision tower: CLIP, or the timm trunk of BiomedCLIP.
 *
 * @param type which of the two
 * @param hiddenSize width of the patch vectors
 * @param intermediateSize width of the MLP
 * @param numHiddenLayers number of encoder layers
 * @param numAttentionHeads number of heads
 * @param imageSize side of the input square in pixels
 * @param patchSize side of a patch in pixels
 * @param layerNormEps epsilon of every LayerNorm
 * @param hiddenAct activation of the MLP
 */
public record VisionTowerConfig(
    Type type,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int imageSize,
    int patchSize,
    float layerNormEps,
    Activation hiddenAct) {
  /** The kinds of tower. */
  public enum Type {
    /** CLIP ViT of Hugging Face; tensors {@code vision_model.*}. */
    CLIP,
    /** BiomedCLIP's timm ViT; tensors {@code visual.trunk.*}. */
    BIOMED_CLIP
  }

  /** Returns the number of patches of an image, class token not counted. */
  public int patchCount() {
    int side = imageSize / patchSize;
    return side * side;
  }
}
