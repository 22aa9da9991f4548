package io.github.llavamed.trainer.pretraining;

/**
 * An image and what is known about it.
 *
 * @param pixels as an image processor makes them // [3, size, size]
 * @param attributes 1 for each attribute that the image has, else 0 // [k]
 * @param patchAttributes the same for each patch, row-major // [p, k]
 */
@SuppressWarnings("ArrayRecordComponent") // large, read once, never compared
public record TowerSample(float[] pixels, float[] attributes, float[] patchAttributes) {}
