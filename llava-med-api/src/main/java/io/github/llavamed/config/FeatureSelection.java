package io.github.llavamed.config;

/**
 * Which hidden state of the tower becomes the image features.
 *
 * @param layer the configuration's index: negative counts from the end, for CLIP over {@code
 *     numHiddenLayers + 1} states
 * @param dropClassToken true for {@code patch} and {@code default}, false for {@code cls_patch} and
 *     {@code full}
 */
public record FeatureSelection(int layer, boolean dropClassToken) {}
