package io.github.llavamed.trainer.internal.engine;

import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The tower's features of one image as plain bytes. The array must not be changed.
 *
 * @param type float32 or bfloat16
 * @param rows patches
 * @param width of the tower
 * @param bytes row-major, little-endian // [rows, width]
 */
@SuppressWarnings("ArrayRecordComponent") // numbers, compared by identity on purpose
public record StoredFeatures(ScalarType type, int rows, int width, byte[] bytes) {}
