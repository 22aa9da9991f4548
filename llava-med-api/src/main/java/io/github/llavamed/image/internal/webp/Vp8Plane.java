package io.github.llavamed.image.internal.webp;

import java.util.Arrays;

/**
 * One plane of samples with the border that VP8 predicts from: 127 above, 129 on the left.
 *
 * <p>Four more columns on the right hold what sub-blocks of the last column see above them.
 */
final class Vp8Plane {
  private static final int RIGHT = 4;

  final int width;
  final int height;
  final int stride;
  final byte[] samples;

  Vp8Plane(int width, int height) {
    this.width = width;
    this.height = height;
    this.stride = width + 1 + RIGHT;
    this.samples = new byte[Math.multiplyExact(stride, height + 1)];
    Arrays.fill(samples, 0, stride, (byte) 127);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = (byte) 129;
    }
  }

  /** Returns the index of a sample. */
  int at(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  /** Returns a sample. */
  int get(int x, int y) {
    return samples[at(x, y)] & 0xff;
  }
}
